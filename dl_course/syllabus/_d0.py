"""Document D0: its sections, restated in our own words."""

from dl_course.syllabus._sections import Section

D0: tuple[Section, ...] = (
    Section(
        "D0-1",
        "背景介绍",
        "Background",
        "Deep learning imitates the brain's networks, succeeds with images, language and speech, "
        "and has limits that the document looks into.",
        (
            "dl_course.models.build_speech_classifier",
            "dl_course.scratch.stft",
            "dl_course.scratch.log_mel_spectrogram",
        ),
    ),
    Section(
        "D0-2",
        "核心概念与联系",
        "Core concepts and how they connect",
        "The kinds of network: feedforward, convolutional, recurrent and generative adversarial.",
        (
            "dl_course.models.build_mlp",
            "dl_course.models.build_cnn",
            "dl_course.models.build_recurrent",
        ),
    ),
    Section(
        "D0-3",
        "核心算法原理和具体操作步骤以及数学模型公式详细讲解",
        "Core algorithms: principles, steps and formulas",
        "Six algorithms are to be explained: gradient descent, backpropagation, convolution, "
        "pooling, LSTM and GRU.",
        background="An introduction; its subsections 3.1 to 3.6 carry the code.",
    ),
    Section(
        "D0-3.1",
        "梯度下降",
        "Gradient descent",
        "The parameters move against the gradient of the loss, by the learning rate times its "
        "size, until they converge.",
        (
            "dl_course.scratch.descend",
            "dl_course.scratch.sgd_step",
            "dl_course.plots.plot_descent",
        ),
    ),
    Section(
        "D0-3.2",
        "反向传播",
        "Backpropagation",
        "A weight's gradient is the chain rule's sum over the values through which the weight "
        "reaches the loss.",
        (
            "dl_course.backend.weight_gradients",
            "dl_course.scratch.mlp_backward",
            "dl_course.scratch.check_gradient",
        ),
    ),
    Section(
        "D0-3.3",
        "卷积",
        "Convolution",
        "Each output is a sum of products of a kernel with the input beneath it.",
        ("dl_course.scratch.convolve2d", "dl_course.plots.plot_kernel_windows"),
    ),
    Section(
        "D0-3.4",
        "池化",
        "Pooling",
        "Each window of the input is replaced by its maximum or its mean, which lowers the "
        "resolution.",
        (
            "dl_course.scratch.max_pool2d",
            "dl_course.scratch.average_pool2d",
            "dl_course.scratch.output_size",
        ),
    ),
    Section(
        "D0-3.5",
        "LSTM",
        "LSTM",
        "An input, a forget and an output gate and a candidate update a cell state, from which "
        "the hidden state is read.",
        (
            "dl_course.scratch.lstm_step",
            "dl_course.scratch.lstm",
            "dl_course.scratch.lstm_backward",
            "dl_course.models.build_recurrent",
        ),
    ),
    Section(
        "D0-3.6",
        "GRU",
        "GRU",
        "An update gate mixes the old state with a candidate, in which a reset gate has weakened "
        "the old state.",
        (
            "dl_course.scratch.gru_step",
            "dl_course.scratch.gru",
            "dl_course.scratch.gru_backward",
            "dl_course.models.build_recurrent",
        ),
    ),
    Section(
        "D0-4",
        "具体代码实例和详细解释说明",
        "Code examples with explanations",
        "The six algorithms are to be written in NumPy.",
        background="An introduction; its subsections 4.1 to 4.6 carry the code.",
    ),
    Section(
        "D0-4.1",
        "梯度下降",
        "Gradient descent in NumPy",
        "Linear regression is fitted to all examples at once, for a fixed number of steps.",
        (
            "dl_course.scratch.gradient_descent",
            "dl_course.scratch.linear_regression_loss",
            "dl_course.scratch.linear_regression_gradient",
        ),
    ),
    Section(
        "D0-4.2",
        "反向传播",
        "Backpropagation in NumPy",
        "One update of the two weight matrices of a network with a sigmoid layer.",
        (
            "dl_course.backend.weight_gradients",
            "dl_course.scratch.dense",
            "dl_course.scratch.dense_backward",
            "dl_course.scratch.mlp_backward",
            "dl_course.scratch.check_gradient",
        ),
    ),
    Section(
        "D0-4.3",
        "卷积",
        "Convolution in NumPy",
        "Two loops move a kernel over one image, without padding and with stride 1.",
        ("dl_course.scratch.cross_correlate2d", "dl_course.plots.plot_kernel_step"),
    ),
    Section(
        "D0-4.4",
        "池化",
        "Pooling in NumPy",
        "Two loops take the maximum of each window of one image.",
        (
            "dl_course.scratch.max_pool2d",
            "dl_course.scratch.max_pool2d_backward",
            "dl_course.plots.plot_pooling",
        ),
    ),
    Section(
        "D0-4.5",
        "LSTM",
        "LSTM in NumPy",
        "A loop over time updates a hidden state and a cell state.",
        ("dl_course.scratch.lstm_step", "dl_course.scratch.lstm"),
    ),
    Section(
        "D0-4.6",
        "GRU",
        "GRU in NumPy",
        "A loop over time updates a state by a reset and an update gate.",
        ("dl_course.scratch.gru_step", "dl_course.scratch.gru"),
    ),
    Section(
        "D0-5",
        "未来发展趋势与挑战",
        "Trends and challenges",
        "Language and vision will grow; scarce data, overfitting and poor interpretability are "
        "open.",
    ),
    Section(
        "D0-6",
        "附录常见问题与解答",
        "Appendix: questions and answers",
        "Three questions about limits are to be answered.",
        background="An introduction; the questions Q1 to Q3 carry the code.",
    ),
    Section(
        "D0-Q1",
        "深度学习模型的解释性较低，如何提高模型解释性？",
        "How can a model be made easier to interpret?",
        "By simpler models, by methods such as LIME and SHAP, and by looking at activations and "
        "gradients.",
        (
            "dl_course.backend.input_gradients",
            "dl_course.diagnostics.feature_maps",
            "dl_course.diagnostics.ActivationFlow",
            "dl_course.diagnostics.GradientFlow",
            "dl_course.plots.plot_feature_maps",
            "dl_course.plots.plot_gradient_flow",
        ),
    ),
    Section(
        "D0-Q2",
        "深度学习模型容易过拟合，如何减少过拟合？",
        "How can overfitting be reduced?",
        "By more training data, by L1 or L2 regularization, and by dropout.",
    ),
    Section(
        "D0-Q3",
        "深度学习模型需要大量计算资源，如何减少计算资源的消耗？",
        "How can the cost of computing be reduced?",
        "By simpler models, by quantum computers, and by distributed computing.",
    ),
    Section(
        "D0-conclusion",
        "结论",
        "Conclusion",
        "Deep learning has come far; data, overfitting and interpretability remain to be worked "
        "on.",
        background="Repeats sections 1 and 5.",
    ),
)
