"""Document D4: its sections, restated in our own words.

The document does not number the subsections of its section 3; here they are D4-3.1 to D4-3.5,
in their order.
"""

from dl_course.syllabus._sections import Section

D4: tuple[Section, ...] = (
    Section(
        "D4-1",
        "背景介绍",
        "Background",
        "Announces how deep learning and mathematics are connected, and names scarce data, "
        "overfitting and computing as challenges.",
        background="An introduction; section 5 names the same challenges.",
    ),
    Section(
        "D4-2",
        "核心概念与联系",
        "Core concepts and how they connect",
        "Linear algebra, calculus, probability and numerical analysis serve to optimize the "
        "parameters of a network.",
        (
            "dl_course.backend.weight_gradients",
            "dl_course.backend.input_gradients",
            "dl_course.scratch.dense",
            "dl_course.scratch.power_norms",
            "dl_course.scratch.numeric_jacobian",
            "dl_course.scratch.softmax",
            "dl_course.scratch.softmax_jacobian",
            "dl_course.scratch.log_softmax",
            "dl_course.scratch.categorical_crossentropy",
            "dl_course.scratch.logsumexp",
            "dl_course.scratch.variance_two_ways",
            "dl_course.scratch.round_to_bfloat16",
            "dl_course.scratch.difference_errors",
            "dl_course.plots.plot_eigenvalues",
        ),
    ),
    Section(
        "D4-3",
        "核心算法原理和具体操作步骤以及数学模型公式详细讲解",
        "Core algorithms: principles, steps and formulas",
        "Names forward and backward pass, gradient descent, regularization and loss functions.",
        (
            "dl_course.scratch.descend",
            "dl_course.scratch.linear_regression_gradient",
            "dl_course.scratch.logistic_regression_gradient",
            "dl_course.scratch.mlp_backward",
            "dl_course.scratch.check_gradient",
        ),
    ),
    Section(
        "D4-3.1",
        "前向传播",
        "Forward pass",
        "Every neuron's output is the sigmoid of its input, layer after layer.",
        (
            "dl_course.models.build_mlp",
            "dl_course.scratch.dense",
            "dl_course.scratch.sigmoid",
            "dl_course.scratch.mlp_forward",
        ),
    ),
    Section(
        "D4-3.2",
        "反向传播",
        "Backward pass",
        "Gradients travel from the output layer to the input layer, and update each weight and "
        "bias.",
        (
            "dl_course.backend.weight_gradients",
            "dl_course.scratch.mlp_forward",
            "dl_course.scratch.mlp_backward",
            "dl_course.plots.plot_network",
        ),
    ),
    Section(
        "D4-3.3",
        "梯度下降",
        "Gradient descent",
        "Weights and biases move against the gradient of the loss, times the learning rate.",
        (
            "dl_course.scratch.descend",
            "dl_course.scratch.sgd_step",
        ),
    ),
    Section(
        "D4-3.4",
        "正则化",
        "Regularization",
        "A penalty on the squared parameters, lambda / 2m times their sum, is added to the loss.",
    ),
    Section(
        "D4-3.5",
        "损失函数",
        "Loss functions",
        "Gives the mean squared error and the cross-entropy for two classes.",
        (
            "dl_course.scratch.mean_squared_error",
            "dl_course.scratch.binary_crossentropy",
            "dl_course.scratch.categorical_crossentropy",
        ),
    ),
    Section(
        "D4-4",
        "具体代码实例和详细解释说明",
        "Code examples with explanations",
        "A network with four hidden sigmoid units and the squared error is trained on XOR in "
        "NumPy.",
        (
            "dl_course.models.build_mlp",
            "dl_course.backend.weight_gradients",
            "dl_course.datasets.make_xor",
            "dl_course.scratch.mlp_forward",
            "dl_course.scratch.mlp_backward",
            "dl_course.scratch.mean_squared_error_gradient",
            "dl_course.plots.plot_decision_boundaries",
        ),
    ),
    Section(
        "D4-5",
        "未来发展趋势与挑战",
        "Trends and challenges",
        "Expects more computing power, smarter algorithms and wider use; scarce data, overfitting "
        "and computing remain challenges.",
    ),
    Section(
        "D4-6",
        "附录常见问题与解答",
        "Appendix: questions and answers",
        "Five questions are answered.",
        background="A heading only; the questions Q1 to Q5 are listed one by one.",
    ),
    Section(
        "D4-Q1",
        "什么是深度学习？",
        "What is deep learning?",
        "A technique of AI that imitates the structure of the brain's networks.",
        background="A definition; there is nothing to compute.",
    ),
    Section(
        "D4-Q2",
        "深度学习与机器学习的区别是什么？",
        "How does deep learning differ from machine learning?",
        "Deep learning is the kind of machine learning that uses neural networks.",
        background="A definition; there is nothing to compute.",
    ),
    Section(
        "D4-Q3",
        "深度学习需要多少数据？",
        "How much data does deep learning need?",
        "A lot, and some fields have only a little.",
    ),
    Section(
        "D4-Q4",
        "深度学习有哪些应用？",
        "Where is deep learning applied?",
        "In image recognition, language and speech recognition.",
        ("dl_course.models.build_speech_classifier",),
    ),
    Section(
        "D4-Q5",
        "深度学习有哪些挑战？",
        "What are the challenges?",
        "Scarce data, overfitting and the cost of computing.",
        background="Repeats section 5.",
    ),
)
