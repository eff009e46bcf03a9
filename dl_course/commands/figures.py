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

    # All is read and drawn before the first file is written: a damaged table changes no picture.
    history, gradients, activations = (
        read_table(folder.file(f"{name}.csv"))
        for name in ("history", "gradient_flow", "activations")
    )
    image = dataset.x_test[0]
    predicted = predict(model, dataset.x_test).argmax(axis=1)
    pictures = {
        "loss": plots.plot_history(history, "loss"),
        "accuracy": plots.plot_history(history, "accuracy"),
        "gradient_flow": plots.plot_gradient_summary(gradients),
        "activations": plots.plot_activation_summary(activations),
        "feature_maps": plots.plot_feature_maps(image, feature_maps(model, image)),
        "confusion_matrix": plots.plot_confusion_matrix(
            dataset.y_test, predicted, dataset.class_names
        ),
    }
    for name, picture in pictures.items():
        plots.save_figure(picture, folder.figure(name))


def redraw(folder: RunFolder, *, allow_custom_code: bool = False) -> list[str]:
    """Draws a finished run's pictures again, after a change to the plots, say.

    Args:
        folder: the run folder.
        allow_custom_code: load a model file that carries code.

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
    model = load_model(folder.trained_model(), allow_custom_code=allow_custom_code)
    draw(folder, model, dataset)
    return [str(folder.figure(name)) for name in FIGURES]
