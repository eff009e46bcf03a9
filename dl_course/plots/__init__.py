"""Pictures of training: arrays in, matplotlib Axes or Figure out.

Nothing here opens a window or changes a global style. In a notebook the result of a call is
shown as a picture; in a script `save_figure` writes it to a file.
"""

from dl_course.plots.activations import (
    plot_activation_histograms,
    plot_activation_statistics,
    plot_activation_summary,
)
from dl_course.plots.classification import plot_confusion_matrix, plot_wrong_predictions
from dl_course.plots.gradients import (
    plot_gradient_flow,
    plot_gradient_flow_over_time,
    plot_gradient_summary,
)
from dl_course.plots.history import plot_history
from dl_course.plots.images import plot_feature_maps, plot_filters, plot_images
from dl_course.plots.saving import save_figure

__all__ = [
    "plot_activation_histograms",
    "plot_activation_statistics",
    "plot_activation_summary",
    "plot_confusion_matrix",
    "plot_feature_maps",
    "plot_filters",
    "plot_gradient_flow",
    "plot_gradient_flow_over_time",
    "plot_gradient_summary",
    "plot_history",
    "plot_images",
    "plot_wrong_predictions",
    "save_figure",
]
