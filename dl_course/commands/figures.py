"""Draws a run's pictures from its tables, its model and its test examples."""

from dl_course import datasets, plots
from dl_course.commands.run_folder import RunFolder
from dl_course.tables import read_table


def draw(folder: RunFolder, model, dataset: datasets.Dataset) -> None:
    """Draws every picture of a run into its `figures` folder.

    Args:
        folder: the run folder, with its tables.
        model: the trained Keras model.
        dataset: what it was trained on.
    """
    from dl_course.diagnostics import feature_maps
    from dl_course.training import predict

    history = read_table(folder.file("history.csv"))
    image = dataset.x_test[0]
    predicted = predict(model, dataset.x_test).argmax(axis=1)
    pictures = {
        "loss": lambda: plots.plot_history(history, "loss"),
        "accuracy": lambda: plots.plot_history(history, "accuracy"),
        "gradient_flow": lambda: plots.plot_gradient_summary(
            read_table(folder.file("gradient_flow.csv"))
        ),
        "activations": lambda: plots.plot_activation_summary(
            read_table(folder.file("activations.csv"))
        ),
        "feature_maps": lambda: plots.plot_feature_maps(image, feature_maps(model, image)),
        "confusion_matrix": lambda: plots.plot_confusion_matrix(
            dataset.y_test, predicted, dataset.class_names
        ),
    }
    for name, picture in pictures.items():
        plots.save_figure(picture(), folder.figure(name))


def redraw(folder: RunFolder) -> list[str]:
    """Draws a finished run's pictures again, after a change to the plots, say.

    Returns:
        The paths of the pictures.

    Raises:
        CourseError: if the run, its model or its data are not there.
    """
    from dl_course.commands.run_folder import FIGURES
    from dl_course.commands.train import check_same_data
    from dl_course.models import load_model

    dataset = datasets.load(folder.config()["arguments"]["data"])
    check_same_data(folder, dataset)
    draw(folder, load_model(folder.file("model.keras")), dataset)
    return [str(folder.figure(name)) for name in FIGURES]
