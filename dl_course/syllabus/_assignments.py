"""Which assignment goes with which chapter: masters in `notebooks/assignments/`."""

ASSIGNMENTS = {
    2: "02_gradient_descent_variations",
    3: "03_feedforward_variations",
    4: "04_backpropagation_variations",
    5: "05_training_pipeline_variations",
    6: "06_convolution_variations",
    7: "07_convolution_blocks",
    9: "09_recurrent_variations",
    10: "10_gated_variations",
    11: "11_text_features",
    12: "12_sampling_and_search",
    16: "16_regularization_variations",
}
