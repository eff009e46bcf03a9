"""What the tasks that classify have in common: accuracy, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dl_course.commands.runs.task import Table, Task

if TYPE_CHECKING:
    from dl_course.training import Objective


class ClassificationTask(Task):
    """A task whose reader has `class_names` and predicts the probability of each class."""

    measures = {"accuracy": "accuracy {:.4f}", "loss": "loss {:.4f} nats"}
    figures = ("accuracy", "confusion_matrix")

    def data_record(self) -> dict[str, Any]:
        """Returns name, checksum and classes of the data, and the shape of an example if fixed."""
        record = {**super().data_record(), "class_names": list(self.data.class_names)}
        shape = list(self.data.input_shape)
        return {**record, "input_shape": shape} if shape else record

    def objective(self) -> Objective:
        """Returns the cross-entropy, with the accuracy as its measure."""
        from dl_course.training import CLASSIFICATION

        return CLASSIFICATION

    def pictures(self, tables: Mapping[str, Table], reader: Any, answers: np.ndarray) -> dict:
        """Returns the training curves and the confusion matrix."""
        from dl_course import plots

        predicted = answers.argmax(axis=1)
        confusions = plots.plot_confusion_matrix(self.data.y_test, predicted, self.data.class_names)
        return {**super().pictures(tables, reader, answers), "confusion_matrix": confusions}
