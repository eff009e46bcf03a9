"""Document D3: its sections, restated in our own words."""

from dl_course.syllabus._sections import Section

D3: tuple[Section, ...] = (
    Section(
        "D3-1",
        "背景介绍",
        "Background",
        "Announces concepts, algorithms and examples of deep learning in Python.",
        background="An introduction; the sections that follow carry the code.",
    ),
    Section(
        "D3-2",
        "核心概念与联系",
        "Core concepts and how they connect",
        "A heading over networks, deep learning and the brain.",
        ("dl_course.models.build_mlp",),
    ),
    Section(
        "D3-2.1",
        "神经网络",
        "Neural networks",
        "Layers of weighted nodes turn input into output; learning sets the weights so that the "
        "loss is small.",
        (
            "dl_course.models.build_mlp",
            "dl_course.scratch.mlp_forward",
            "dl_course.plots.plot_network",
        ),
    ),
    Section(
        "D3-2.2",
        "深度学习",
        "Deep learning",
        "Several hidden layers capture richer patterns and want more data and computing.",
        (
            "dl_course.models.build_mlp",
            "dl_course.scratch.initialize_mlp",
            "dl_course.scratch.variance_through_depth",
        ),
    ),
    Section(
        "D3-2.3",
        "人类大脑神经系统原理",
        "How the human brain works",
        "The brain's connected neurons pass signals, and have inspired artificial ones.",
        ("dl_course.scratch.dense",),
    ),
    Section(
        "D3-3",
        "核心算法原理和具体操作步骤以及数学模型公式详细讲解",
        "Core algorithms: principles, steps and formulas",
        "A heading over three subsections, without text of its own.",
        background="A heading only; its subsections 3.1 to 3.3 carry the code.",
    ),
    Section(
        "D3-3.1",
        "前馈神经网络",
        "Feedforward networks",
        "Data flows from input to output only; a neuron is y = f(sum of w_i x_i + b).",
        (
            "dl_course.models.build_mlp",
            "dl_course.scratch.dense",
            "dl_course.scratch.mlp_forward",
        ),
    ),
    Section(
        "D3-3.2",
        "反向传播",
        "Backpropagation",
        "The chain rule, through the output, gives the gradient of the loss for each weight.",
        (
            "dl_course.backend.weight_gradients",
            "dl_course.scratch.dense_backward",
            "dl_course.scratch.mlp_backward",
            "dl_course.scratch.check_gradient",
        ),
    ),
    Section(
        "D3-3.3",
        "梯度下降",
        "Gradient descent",
        "Each weight moves against its gradient, times the learning rate.",
        (
            "dl_course.scratch.descend",
            "dl_course.scratch.sgd_step",
        ),
    ),
    Section(
        "D3-4",
        "具体代码实例和详细解释说明",
        "Code examples with explanations",
        "A perceptron with sigmoid and cross-entropy is trained on XOR in NumPy.",
        (
            "dl_course.models.build_mlp",
            "dl_course.backend.weight_gradients",
            "dl_course.datasets.make_xor",
            "dl_course.scratch.initialize_mlp",
            "dl_course.scratch.train_mlp",
            "dl_course.scratch.binary_crossentropy_from_logits_gradient",
            "dl_course.plots.plot_decision_boundaries",
        ),
    ),
    Section(
        "D3-5",
        "未来发展趋势与挑战",
        "Trends and challenges",
        "Data, computing and interpretability are hard; transfer and few-shot learning, "
        "quantization and pruning, LIME and SHAP address them.",
    ),
    Section(
        "D3-6",
        "附录常见问题与解答",
        "Appendix: questions and answers",
        "Five questions are answered.",
        background="A heading only; the questions Q1 to Q5 are listed one by one.",
    ),
    Section(
        "D3-Q1",
        "深度学习与机器学习有什么区别？",
        "How does deep learning differ from machine learning?",
        "Deep learning is the part of machine learning that is about neural networks.",
        background="A definition; there is nothing to compute.",
    ),
    Section(
        "D3-Q2",
        "为什么深度学习需要大量的数据和计算资源？",
        "Why does deep learning need so much data and computing?",
        "Every layer has features to learn, and many layers take a lot of computing.",
    ),
    Section(
        "D3-Q3",
        "深度学习模型难以解释，有什么解决方案？",
        "What helps to interpret a model?",
        "Explanatory models such as LIME and SHAP.",
        ("dl_course.backend.input_gradients",),
    ),
    Section(
        "D3-Q4",
        "如何选择合适的激活函数？",
        "How is an activation function chosen?",
        "Sigmoid, tanh and ReLU are common; comparing them on the task decides.",
        (
            "dl_course.models.build_mlp",
            "dl_course.diagnostics.ActivationFlow",
            "dl_course.scratch.sigmoid",
            "dl_course.scratch.tanh",
            "dl_course.scratch.relu",
            "dl_course.scratch.leaky_relu",
            "dl_course.scratch.softmax",
            "dl_course.plots.plot_activations",
        ),
    ),
    Section(
        "D3-Q5",
        "如何避免过拟合？",
        "How is overfitting avoided?",
        "By L1 and L2 regularization, a smaller model, dropout and more training data.",
    ),
)
