"""Pictures of networks and their training: arrays in, matplotlib Axes or Figure out.

Nothing here opens a window or changes a global style. A notebook shows what a function returns
as a picture; in a script `save_figure` writes it to a file.
"""

from dl_course.plots.activations import plot_activation_statistics, plot_activation_summary
from dl_course.plots.attention import plot_attention
from dl_course.plots.boundaries import plot_decision_boundaries, plot_decision_boundary
from dl_course.plots.classification import plot_confusion_matrix, plot_wrong_predictions
from dl_course.plots.curves import plot_activations, plot_curves
from dl_course.plots.descent import plot_descent
from dl_course.plots.embeddings import plot_embedding_map
from dl_course.plots.grades import plot_grades
from dl_course.plots.gradients import (
    plot_gradient_flow,
    plot_gradient_flow_over_time,
    plot_gradient_summary,
)
from dl_course.plots.history import plot_histories, plot_history
from dl_course.plots.images import plot_feature_maps, plot_filters, plot_images
from dl_course.plots.matrices import plot_eigenvalues, plot_gates, plot_heatmap
from dl_course.plots.network import plot_network
from dl_course.plots.saving import save_figure
from dl_course.plots.sounds import plot_mel_filters, plot_sounds, plot_spectrogram, plot_waveform
from dl_course.plots.through_time import plot_gradient_through_time
from dl_course.plots.windows import plot_kernel_step, plot_kernel_windows, plot_pooling
