"""The formulas of the documents as NumPy: forward and backward, in the layout of Keras."""

from dl_course.scratch.activations import (
    leaky_relu,
    leaky_relu_derivative,
    log_softmax,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    tanh,
    tanh_derivative,
)
from dl_course.scratch.attention import attention, attention_backward
from dl_course.scratch.bleu import (
    Bleu,
    bleu_tokens,
    brevity_penalty,
    clipped_matches,
    corpus_bleu,
    ngrams,
)
from dl_course.scratch.convolution import (
    conv2d,
    conv2d_backward,
    convolve2d,
    cross_correlate2d,
    cross_correlate2d_backward,
    output_size,
)
from dl_course.scratch.descent import (
    bowl,
    bowl_gradient,
    descend,
    gradient_descent,
    linear_regression_gradient,
    linear_regression_loss,
    logistic_regression_gradient,
)
from dl_course.scratch.gradient_check import GradientReport, check_gradient, numeric_gradient
from dl_course.scratch.gru import gru, gru_backward, gru_step
from dl_course.scratch.initializers import (
    glorot_uniform,
    he_normal,
    orthogonal,
    small_normal,
    variance_through_depth,
    zeros,
)
from dl_course.scratch.jacobians import (
    decay_per_step,
    gradient_norms,
    jacobian_products,
    keras_gru_jacobians,
    lstm_jacobians,
    rnn_jacobians,
)
from dl_course.scratch.keras_gru import keras_gru, keras_gru_backward, keras_gru_step
from dl_course.scratch.losses import (
    binary_crossentropy,
    binary_crossentropy_from_logits,
    binary_crossentropy_from_logits_gradient,
    binary_crossentropy_gradient,
    categorical_crossentropy,
    categorical_crossentropy_from_logits,
    categorical_crossentropy_from_logits_gradient,
    categorical_crossentropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)
from dl_course.scratch.lstm import lstm, lstm_backward, lstm_step
from dl_course.scratch.mlp import dense, dense_backward, initialize_mlp, mlp_backward, mlp_forward
from dl_course.scratch.mlp_training import evaluate_mlp, should_stop, train_mlp
from dl_course.scratch.numerics import (
    difference_errors,
    logsumexp,
    numeric_jacobian,
    power_norms,
    round_to_bfloat16,
    variance_two_ways,
)
from dl_course.scratch.optimizers import (
    adam_step,
    momentum_step,
    nesterov_step,
    rmsprop_step,
    sgd_step,
)
from dl_course.scratch.penalties import (
    dropout,
    dropout_backward,
    l1_penalty,
    l1_penalty_gradient,
    l2_penalty,
    l2_penalty_gradient,
)
from dl_course.scratch.pipeline import (
    fill_blanks,
    fit_medians,
    fit_standardizer,
    k_folds,
    minibatches,
    split,
    standardize,
)
from dl_course.scratch.pooling import (
    average_pool2d,
    average_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from dl_course.scratch.rnn import rnn, rnn_backward, rnn_output, rnn_step
from dl_course.scratch.sampling import (
    entropy,
    nats_to_bits,
    perplexity,
    sample_token,
    softmax_with_temperature,
)
from dl_course.scratch.spectrogram import (
    decibels,
    dft,
    frame_signal,
    hann_window,
    hertz_to_mel,
    log_mel_spectrogram,
    mel_filters,
    mel_frequencies,
    mel_to_hertz,
    stft,
)
