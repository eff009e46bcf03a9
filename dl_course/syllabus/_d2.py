"""Document D2: its sections, restated in our own words."""

from dl_course.syllabus._sections import Section

D2: tuple[Section, ...] = (
    Section(
        "D2-1",
        "背景介绍",
        "Background",
        "Deep learning works for images, language and speech; imbalanced data, overfitting and "
        "the cost of computing are open.",
        ("dl_course.models.build_speech_classifier",),
    ),
    Section(
        "D2-2",
        "核心概念与联系",
        "Core concepts and how they connect",
        "Introduces networks, CNN, RNN and language processing, and what each is for.",
        (
            "dl_course.models.build_mlp",
            "dl_course.models.build_cnn",
            "dl_course.models.build_recurrent",
            "dl_course.models.build_text_classifier",
        ),
    ),
    Section(
        "D2-3",
        "核心算法原理和具体操作步骤以及数学模型公式详细讲解",
        "Core algorithms: principles, steps and formulas",
        "Training in eight steps, then formulas for losses, gradient descent, convolution and "
        "pooling.",
        (
            "dl_course.scratch.descend",
            "dl_course.training.fit",
            "dl_course.scratch.conv2d",
            "dl_course.scratch.max_pool2d",
        ),
    ),
    Section(
        "D2-3.step1",
        "数据预处理",
        "Step 1: prepare the data",
        "The data is cleaned, standardized and split for training and testing.",
        (
            "dl_course.datasets.load",
            "dl_course.scratch.split",
            "dl_course.scratch.fit_medians",
            "dl_course.scratch.fill_blanks",
            "dl_course.scratch.fit_standardizer",
            "dl_course.scratch.standardize",
        ),
    ),
    Section(
        "D2-3.step2",
        "模型构建",
        "Step 2: build the model",
        "The kind of network is chosen to suit the problem.",
        ("dl_course.models.build_cnn", "dl_course.models.build_mlp"),
    ),
    Section(
        "D2-3.step3",
        "参数初始化",
        "Step 3: initialize the parameters",
        "The parameters start as small random numbers.",
        ("dl_course.scratch.initialize_mlp",),
    ),
    Section(
        "D2-3.step4",
        "前向传播",
        "Step 4: forward pass",
        "The input goes through the layers and gives the prediction.",
        ("dl_course.scratch.mlp_forward",),
    ),
    Section(
        "D2-3.step5",
        "损失函数计算",
        "Step 5: compute the loss",
        "The loss compares the prediction with the truth.",
        ("dl_course.scratch.binary_crossentropy_from_logits",),
    ),
    Section(
        "D2-3.step6",
        "反向传播",
        "Step 6: backward pass",
        "Gradients are computed and the parameters updated.",
        (
            "dl_course.scratch.mlp_backward",
            "dl_course.backend.weight_gradients",
            "dl_course.diagnostics.GradientFlow",
        ),
    ),
    Section(
        "D2-3.step7",
        "迭代训练",
        "Step 7: repeat",
        "The forward and backward steps are repeated until the model is good enough or the "
        "number of rounds is reached.",
        (
            "dl_course.scratch.minibatches",
            "dl_course.scratch.train_mlp",
            "dl_course.scratch.should_stop",
            "dl_course.training.fit",
            "dl_course.training.RECIPES",
            "dl_course.plots.plot_history",
        ),
    ),
    Section(
        "D2-3.step8",
        "模型评估",
        "Step 8: evaluate the model",
        "Test data shows how well the trained model generalizes.",
        ("dl_course.scratch.evaluate_mlp", "dl_course.plots.plot_confusion_matrix"),
    ),
    Section(
        "D2-4",
        "具体代码实例和详细解释说明",
        "Code examples with explanations",
        "The CNN of D1 4.1 with 64 units in the dense layer and the sparse loss, for labels that "
        "are whole numbers.",
        (
            "dl_course.models.build_cnn",
            "dl_course.training.fit",
            "dl_course.training.RECIPES",
        ),
    ),
    Section(
        "D2-5",
        "未来发展趋势与挑战",
        "Trends and challenges",
        "Expects AutoML, language, vision and reinforcement learning; imbalance, overfitting and "
        "computing remain challenges.",
    ),
    Section(
        "D2-6",
        "附录常见问题与解答",
        "Appendix: questions and answers",
        "Five questions are answered, and a last paragraph sums up.",
        background="An introduction; the questions Q1 to Q5 are listed one by one.",
    ),
    Section(
        "D2-Q1",
        "深度学习与机器学习有什么区别？",
        "How does deep learning differ from machine learning?",
        "Deep learning is the part of machine learning that uses neural networks.",
        background="A definition; there is nothing to compute.",
    ),
    Section(
        "D2-Q2",
        "为什么深度学习需要大量的数据？",
        "Why does deep learning need a lot of data?",
        "There are many parameters, and nonlinear models need more data to find richer patterns.",
    ),
    Section(
        "D2-Q3",
        "如何解决深度学习模型的过拟合问题？",
        "How is overfitting overcome?",
        "By data augmentation, regularization and cross-validation.",
        ("dl_course.scratch.k_folds", "dl_course.models.build_augmentation"),
    ),
    Section(
        "D2-Q4",
        "深度学习需要多少计算资源？",
        "How much computing does deep learning need?",
        "A lot, above all for training large models; usually a GPU or a cloud service.",
    ),
    Section(
        "D2-Q5",
        "深度学习的应用场景有哪些？",
        "Where is deep learning applied?",
        "In image recognition, language, speech recognition and game playing.",
        ("dl_course.models.build_speech_classifier",),
    ),
)
