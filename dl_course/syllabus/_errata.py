"""Where the documents are wrong; every listing was run, every formula recomputed."""

from dl_course.syllabus._sections import Erratum

ERRATA: tuple[Erratum, ...] = (
    Erratum(
        "D0 3.3 against D0 4.3, D1 3.1.1",
        ("D0-3.3", "D0-4.3", "D1-3.1.1"),
        "The formula of D0 3.3 is a true convolution (the kernel is flipped); the code of D0 4.3 "
        "and the formula of D1 3.1.1 are cross-correlation. All three are called convolution.",
        "Two operations with two names, equal only for a kernel that flipping leaves unchanged; "
        "Keras Conv2D computes the cross-correlation.",
    ),
    Erratum(
        "D0 3.3",
        ("D0-3.3",),
        "The letter k names both the kernel and one of the indices that run over it.",
        "Two letters: w (or K) for the kernel, and p and q for the offsets within it.",
    ),
    Erratum(
        "D0 3.4, 4.4",
        ("D0-3.4", "D0-4.4"),
        "The text divides the input into regions, but the formula has stride 1 and a window that "
        "ends at (i, j); the code takes a stride and ignores it.",
        "Windows start at multiples of the stride; the output size is (n - pool) // stride + 1.",
    ),
    Erratum(
        "D0 4.1",
        ("D0-4.1",),
        "With weights of shape (2, 1) and targets of shape (m,), the difference becomes an m x m "
        "matrix by broadcasting, and the listing runs on without a word.",
        "Check the shapes: the prediction and the target must have the same one.",
    ),
    Erratum(
        "D0 4.2",
        ("D0-4.2",),
        "sigmoid is not defined, so the listing raises on any input; with it defined, the shapes "
        "of a network do not fit (only square arrays of one size run), theta2 is subtracted as "
        "if it were a bias, and the update is not the gradient.",
        "The chain rule, layer by layer, checked by finite differences.",
    ),
    Erratum(
        "D0 4.5",
        ("D0-4.5",),
        "sigmoid is not defined; the shapes of the concatenation clash; there is no output gate; "
        "the cell state passes through a sigmoid; the last step writes past the end of h. "
        "The listing raises on any input.",
        "The equations of D0 3.5.",
    ),
    Erratum(
        "D0 3.6, 4.6",
        ("D0-3.6", "D0-4.6"),
        "Four weights are misnamed: W_zz and W_rr stand where D0 3.5's pattern gives W_xz and "
        "W_xr, and W_zh and W_rh where it gives W_hz and W_hr. The code is as broken as the "
        "LSTM's and raises on any input.",
        "The gate equations. Keras swaps the roles of z and 1 - z, and its default "
        "reset_after=True applies the reset gate after the matrix product.",
    ),
    Erratum(
        "D1 2.1",
        ("D1-2.1",),
        'Each node of a network is called "a neuron or a neural network".',
        "Each node is a neuron; the network is all of them with their connections.",
    ),
    Erratum(
        "D1 2.1, D4 3.2, D2 3.step6",
        ("D1-2.1", "D4-3.2", "D2-3.step6"),
        "Backpropagation is called an optimization algorithm.",
        "Backpropagation computes the gradients; gradient descent uses them to optimize.",
    ),
    Erratum(
        "D1 3.1.2",
        ("D1-3.1.2",),
        "Pooling is said to halve the size; the formula beside it has stride 1 and does not.",
        "Half the size only for window 2 and stride 2; in general (n - pool) // stride + 1.",
    ),
    Erratum(
        "D1 3.2.3",
        ("D1-3.2.3",),
        "The formula for the vanishing gradient multiplies gradients of losses with weights.",
        "The gradient through time is a product of Jacobians diag(1 - h_k^2) W_hh, with W_hh as "
        "D1 3.2.1 writes it; Keras keeps the transpose, so there it is diag(1 - h_k^2) W_hh^T.",
    ),
    Erratum(
        "D1 3.3.1.1",
        ("D1-3.3.1.1",),
        "Both i and u are called the input gate.",
        "i is the input gate; u is the candidate that it lets in.",
    ),
    Erratum(
        "D1 3.3.2.2",
        ("D1-3.3.2.2",),
        "In the update of the state an extra r multiplies h_{t-1}.",
        "h_t = (1 - z_t) * h_{t-1} + z_t * h~_t; r acts only inside the candidate h~_t.",
    ),
    Erratum(
        "D1 4.1",
        ("D1-4.1",),
        "Categorical cross-entropy needs one-hot labels, which is not said.",
        "One-hot labels, or whole-number labels with the sparse loss, as D2 4 has it.",
    ),
    Erratum(
        "D1 4.2",
        ("D1-4.2",),
        "The callback checkpointer is never defined.",
        "A keras.callbacks.ModelCheckpoint.",
    ),
    Erratum(
        "D2 2",
        ("D2-2",),
        "Every level of a network is called a hidden layer.",
        "The first is the input layer, the last the output layer; only those between are hidden.",
    ),
    Erratum(
        "D2 3",
        ("D2-3",),
        "The formulas of convolution and pooling have lost the window offsets: neither says "
        "which inputs belong to output (i, j), and the kernel has other weights at every place.",
        "y_ij = sum_pq x_{i+p, j+q} w_pq and y_ij = max_pq x_{s i + p, s j + q}, stride s.",
    ),
    Erratum(
        "D3 3.3",
        ("D3-3.3",),
        "The index i counts the steps of the descent, although w_i was a weight's name before.",
        "Two letters: w_i for weight i, and t for the step.",
    ),
    Erratum(
        "D3 4",
        ("D3-4",),
        "Adding a (2, 1) bias to a (4, 2) product raises. With that fixed the model is one "
        "layer, which cannot learn XOR (it answers 0.5 four times), and its gradient is not that "
        "of its loss: the labels do not occur in it.",
        "Two layers, and the gradient y_hat - y at the logits.",
    ),
    Erratum(
        "D4 3.1",
        ("D4-3.1",),
        "The formula of the forward pass applies the sigmoid to the input: it has no weights.",
        "First the weighted sum z = w x + b, then the activation: y = f(z).",
    ),
    Erratum(
        "D4 4",
        ("D4-4",),
        "W1 and the rest are assigned inside the function, so the first read raises "
        "UnboundLocalError; then the kept dimension of the bias gradient does not fit; with both "
        "fixed, its rate 0.01 and 1,000 epochs do not learn XOR (0.45, 0.54, 0.47, 0.54).",
        "With both fixed, rate 0.5 and 10,000 epochs give 0.01, 0.99, 0.99, 0.01.",
    ),
    Erratum(
        "D0 Q3",
        ("D0-Q3",),
        "A quantum computer is named as a remedy for the cost of computing.",
        "It is not one today; smaller models, compression and several machines are.",
    ),
)
