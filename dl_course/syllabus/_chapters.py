"""The chapters: one notebook each, in the order of the course."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Chapter:
    """One chapter: its notebook, its title, and what of the package it teaches.

    Attributes:
        number: 0 to 23; it stands only here and in the notebook's file name.
        slug: the notebook's file name without `.ipynb`.
        title: in English; the Chinese titles are those of the chapter's sections.
        status: "written" when the notebook exists, else "planned".
        names: dotted names that the notebook uses; empty while the chapter is planned.
        assignment: the chapter's assignment; empty while there is none.

    Example:
        >>> Chapter(7, "07_image_classification", "Image classification", "written").planned
        False
    """

    number: int
    slug: str
    title: str
    status: Literal["written", "planned"] = "planned"
    names: tuple[str, ...] = ()
    assignment: str = ""

    @property
    def planned(self) -> bool:
        """Whether the notebook is still to be written."""
        return self.status == "planned"


_START_NAMES = (
    "dl_course.datasets.load",
    "dl_course.models.build_cnn",
    "dl_course.training.fit",
    "dl_course.plots.plot_history",
    "dl_course.assignments.check",
)
_MATHEMATICS_NAMES = (
    "dl_course.datasets.load",
    "dl_course.scratch.dense",
    "dl_course.scratch.power_norms",
    "dl_course.scratch.sigmoid",
    "dl_course.scratch.sigmoid_derivative",
    "dl_course.scratch.numeric_jacobian",
    "dl_course.scratch.softmax",
    "dl_course.scratch.softmax_jacobian",
    "dl_course.scratch.log_softmax",
    "dl_course.scratch.categorical_crossentropy",
    "dl_course.scratch.logsumexp",
    "dl_course.scratch.variance_two_ways",
    "dl_course.scratch.round_to_bfloat16",
    "dl_course.scratch.difference_errors",
    "dl_course.backend.input_gradients",
    "dl_course.backend.weight_gradients",
    "dl_course.plots.plot_network",
    "dl_course.plots.plot_eigenvalues",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_heatmap",
    "dl_course.assignments.check",
)
_DESCENT_NAMES = (
    "dl_course.datasets.load",
    "dl_course.datasets.make_line",
    "dl_course.scratch.descend",
    "dl_course.scratch.gradient_descent",
    "dl_course.scratch.linear_regression_loss",
    "dl_course.scratch.linear_regression_gradient",
    "dl_course.scratch.logistic_regression_gradient",
    "dl_course.scratch.check_gradient",
    "dl_course.scratch.bowl",
    "dl_course.scratch.bowl_gradient",
    "dl_course.scratch.sgd_step",
    "dl_course.scratch.momentum_step",
    "dl_course.scratch.nesterov_step",
    "dl_course.scratch.rmsprop_step",
    "dl_course.scratch.adam_step",
    "dl_course.scratch.minibatches",
    "dl_course.scratch.fit_standardizer",
    "dl_course.scratch.standardize",
    "dl_course.plots.plot_descent",
    "dl_course.plots.plot_curves",
    "dl_course.assignments.check",
)
_FEEDFORWARD_NAMES = (
    "dl_course.datasets.load",
    "dl_course.datasets.make_spirals",
    "dl_course.models.build_mlp",
    "dl_course.scratch.dense",
    "dl_course.scratch.mlp_forward",
    "dl_course.scratch.initialize_mlp",
    "dl_course.scratch.sigmoid",
    "dl_course.scratch.sigmoid_derivative",
    "dl_course.scratch.tanh",
    "dl_course.scratch.tanh_derivative",
    "dl_course.scratch.relu",
    "dl_course.scratch.relu_derivative",
    "dl_course.scratch.leaky_relu",
    "dl_course.scratch.leaky_relu_derivative",
    "dl_course.scratch.softmax",
    "dl_course.scratch.softmax_jacobian",
    "dl_course.scratch.mean_squared_error",
    "dl_course.scratch.binary_crossentropy",
    "dl_course.scratch.categorical_crossentropy",
    "dl_course.scratch.zeros",
    "dl_course.scratch.small_normal",
    "dl_course.scratch.glorot_uniform",
    "dl_course.scratch.he_normal",
    "dl_course.scratch.orthogonal",
    "dl_course.scratch.variance_through_depth",
    "dl_course.scratch.train_mlp",
    "dl_course.scratch.evaluate_mlp",
    "dl_course.scratch.adam_step",
    "dl_course.training.fit",
    "dl_course.diagnostics.ActivationFlow",
    "dl_course.plots.plot_network",
    "dl_course.plots.plot_activations",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_decision_boundary",
    "dl_course.plots.plot_activation_statistics",
    "dl_course.assignments.check",
)
_BACKPROPAGATION_NAMES = (
    "dl_course.datasets.make_xor",
    "dl_course.datasets.load",
    "dl_course.scratch.dense",
    "dl_course.scratch.dense_backward",
    "dl_course.scratch.initialize_mlp",
    "dl_course.scratch.mlp_forward",
    "dl_course.scratch.mlp_backward",
    "dl_course.scratch.train_mlp",
    "dl_course.scratch.check_gradient",
    "dl_course.scratch.mean_squared_error",
    "dl_course.scratch.mean_squared_error_gradient",
    "dl_course.scratch.binary_crossentropy",
    "dl_course.scratch.binary_crossentropy_from_logits_gradient",
    "dl_course.scratch.categorical_crossentropy",
    "dl_course.scratch.categorical_crossentropy_gradient",
    "dl_course.backend.weight_gradients",
    "dl_course.plots.plot_network",
    "dl_course.plots.plot_decision_boundaries",
    "dl_course.plots.plot_curves",
    "dl_course.assignments.check",
)
_PIPELINE_NAMES = (
    "dl_course.datasets.load",
    "dl_course.models.build_mlp",
    "dl_course.models.load_model",
    "dl_course.scratch.split",
    "dl_course.scratch.fit_medians",
    "dl_course.scratch.fill_blanks",
    "dl_course.scratch.fit_standardizer",
    "dl_course.scratch.standardize",
    "dl_course.scratch.initialize_mlp",
    "dl_course.scratch.mlp_forward",
    "dl_course.scratch.binary_crossentropy_from_logits",
    "dl_course.scratch.binary_crossentropy_from_logits_gradient",
    "dl_course.scratch.mlp_backward",
    "dl_course.scratch.minibatches",
    "dl_course.scratch.train_mlp",
    "dl_course.scratch.should_stop",
    "dl_course.scratch.evaluate_mlp",
    "dl_course.scratch.k_folds",
    "dl_course.backend.weight_gradients",
    "dl_course.training.fit",
    "dl_course.training.predict",
    "dl_course.training.scores",
    "dl_course.plots.plot_heatmap",
    "dl_course.plots.plot_history",
    "dl_course.plots.plot_confusion_matrix",
    "dl_course.assignments.check",
)
_CONVOLUTION_NAMES = (
    "dl_course.datasets.load",
    "dl_course.scratch.cross_correlate2d",
    "dl_course.scratch.convolve2d",
    "dl_course.scratch.output_size",
    "dl_course.scratch.conv2d",
    "dl_course.scratch.conv2d_backward",
    "dl_course.scratch.max_pool2d",
    "dl_course.scratch.max_pool2d_backward",
    "dl_course.scratch.average_pool2d",
    "dl_course.scratch.average_pool2d_backward",
    "dl_course.scratch.check_gradient",
    "dl_course.scratch.dense",
    "dl_course.scratch.rnn",
    "dl_course.backend.weight_gradients",
    "dl_course.backend.input_gradients",
    "dl_course.plots.plot_kernel_step",
    "dl_course.plots.plot_kernel_windows",
    "dl_course.plots.plot_pooling",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_heatmap",
    "dl_course.assignments.check",
)
_IMAGE_NAMES = (
    "dl_course.datasets.load",
    "dl_course.models.build_cnn",
    "dl_course.models.build_augmentation",
    "dl_course.training.fit",
    "dl_course.training.RECIPES",
    "dl_course.diagnostics.GradientFlow",
    "dl_course.diagnostics.ActivationFlow",
    "dl_course.diagnostics.feature_maps",
    "dl_course.plots.plot_history",
    "dl_course.plots.plot_gradient_flow",
    "dl_course.plots.plot_feature_maps",
    "dl_course.plots.plot_confusion_matrix",
    "dl_course.assignments.check",
)
_RECURRENT_NAMES = (
    "dl_course.datasets.make_recall",
    "dl_course.models.build_recurrent",
    "dl_course.scratch.rnn",
    "dl_course.scratch.rnn_step",
    "dl_course.scratch.rnn_backward",
    "dl_course.scratch.rnn_output",
    "dl_course.scratch.rnn_jacobians",
    "dl_course.scratch.jacobian_products",
    "dl_course.scratch.gradient_norms",
    "dl_course.scratch.decay_per_step",
    "dl_course.scratch.check_gradient",
    "dl_course.scratch.orthogonal",
    "dl_course.scratch.adam_step",
    "dl_course.training.fit",
    "dl_course.plots.plot_heatmap",
    "dl_course.plots.plot_gates",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_eigenvalues",
    "dl_course.assignments.check",
)
_GATED_NAMES = (
    "dl_course.datasets.make_recall",
    "dl_course.models.build_recurrent",
    "dl_course.training.fit",
    "dl_course.training.predict",
    "dl_course.training.scores",
    "dl_course.scratch.lstm_step",
    "dl_course.scratch.lstm",
    "dl_course.scratch.lstm_backward",
    "dl_course.scratch.gru_step",
    "dl_course.scratch.gru",
    "dl_course.scratch.gru_backward",
    "dl_course.scratch.rnn",
    "dl_course.scratch.check_gradient",
    "dl_course.scratch.rnn_jacobians",
    "dl_course.scratch.lstm_jacobians",
    "dl_course.scratch.gru_jacobians",
    "dl_course.scratch.gradient_norms",
    "dl_course.backend.weight_gradients",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_gates",
    "dl_course.assignments.check",
)
_SPEECH_NAMES = (
    "dl_course.datasets.make_sounds",
    "dl_course.plots.plot_waveform",
    "dl_course.plots.plot_sounds",
    "dl_course.plots.plot_spectrogram",
    "dl_course.plots.plot_mel_filters",
    "dl_course.plots.plot_curves",
    "dl_course.scratch.frame_signal",
    "dl_course.scratch.hann_window",
    "dl_course.scratch.dft",
    "dl_course.scratch.stft",
    "dl_course.scratch.mel_filters",
    "dl_course.scratch.mel_frequencies",
    "dl_course.scratch.decibels",
    "dl_course.scratch.log_mel_spectrogram",
    "dl_course.models.build_speech_classifier",
    "dl_course.training.fit",
    "dl_course.training.predict",
    "dl_course.training.scores",
    "dl_course.diagnostics.GradientFlow",
    "dl_course.assignments.check",
)

_GENERATION_NAMES = (
    "dl_course.datasets.load_corpus",
    "dl_course.datasets.Tokenizer",
    "dl_course.datasets.make_windows",
    "dl_course.models.build_text_generator",
    "dl_course.models.generator_step",
    "dl_course.training.fit",
    "dl_course.training.predict",
    "dl_course.training.TEXT_GENERATOR_RECIPES",
    "dl_course.inference.TextGenerator",
    "dl_course.scratch.softmax_with_temperature",
    "dl_course.scratch.sample_token",
    "dl_course.scratch.entropy",
    "dl_course.scratch.nats_to_bits",
    "dl_course.scratch.perplexity",
    "dl_course.scratch.lstm",
    "dl_course.scratch.softmax",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_heatmap",
    "dl_course.plots.plot_history",
    "dl_course.assignments.check",
)

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(0, "00_start_here", "Start here", "written", _START_NAMES),
    Chapter(1, "01_mathematics", "The mathematics", "written", _MATHEMATICS_NAMES),
    Chapter(2, "02_gradient_descent", "Gradient descent", "written", _DESCENT_NAMES),
    Chapter(3, "03_feedforward_networks", "Feedforward networks", "written", _FEEDFORWARD_NAMES),
    Chapter(4, "04_backpropagation", "Backpropagation", "written", _BACKPROPAGATION_NAMES),
    Chapter(5, "05_training_pipeline", "The training pipeline", "written", _PIPELINE_NAMES),
    Chapter(
        6,
        "06_convolution_and_pooling",
        "Convolution and pooling",
        "written",
        _CONVOLUTION_NAMES,
    ),
    Chapter(7, "07_image_classification", "Image classification", "written", _IMAGE_NAMES),
    Chapter(8, "08_object_detection", "Object detection"),
    Chapter(9, "09_recurrent_networks", "Recurrent networks", "written", _RECURRENT_NAMES),
    Chapter(10, "10_lstm_and_gru", "LSTM and GRU", "written", _GATED_NAMES),
    Chapter(11, "11_text_classification", "Text classification"),
    Chapter(12, "12_text_generation", "Text generation", "written", _GENERATION_NAMES),
    Chapter(13, "13_machine_translation", "Machine translation"),
    Chapter(14, "14_speech_recognition", "Speech recognition", "written", _SPEECH_NAMES),
    Chapter(15, "15_generative_adversarial_networks", "Generative adversarial networks"),
    Chapter(16, "16_overfitting_and_regularization", "Overfitting and regularization"),
    Chapter(17, "17_imbalanced_data", "Imbalanced data"),
    Chapter(18, "18_interpretability", "Interpretability"),
    Chapter(19, "19_transfer_and_few_shot", "Transfer and few-shot learning"),
    Chapter(20, "20_compression", "Compression"),
    Chapter(21, "21_distributed_training", "Distributed training"),
    Chapter(22, "22_automl", "Automated machine learning"),
    Chapter(23, "23_reinforcement_learning", "Reinforcement learning"),
)

WRITTEN: frozenset[int] = frozenset(c.number for c in CHAPTERS if not c.planned)
