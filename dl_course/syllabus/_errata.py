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
        "D0 3.4, 4.4",
        ("D0-3.4", "D0-4.4"),
        "The text divides the input into regions, but the formula has stride 1 and a window that "
        "ends at (i, j); the code takes a stride and ignores it.",
        "Windows start at multiples of the stride; the output size is (n - pool) // stride + 1.",
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
        "the cell state passes through a sigmoid; the last step writes past the end of h, so the "
        "listing raises on any input.",
        "The equations of D0 3.5.",
    ),
    Erratum(
        "D0 3.6, 4.6",
        ("D0-3.6", "D0-4.6"),
        "The input weights of both gates are misnamed (W_zz and W_rr, where D0 3.5's pattern "
        "gives W_xz and W_xr); the code is as broken as the LSTM's and raises on any input.",
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
        "D2 3",
        ("D2-3",),
        "The formulas of convolution and pooling have lost the window offsets: neither says "
        "which inputs belong to output (i, j), and the kernel has other weights at every place.",
        "y_ij = sum_pq x_{i+p, j+q} w_pq and y_ij = max_pq x_{s i + p, s j + q}, stride s.",
    ),
    Erratum(
        "D3 4",
        ("D3-4",),
        "Adding a (2, 1) bias to a (4, 2) product raises. With that mended the model is one "
        "layer, which cannot learn XOR (it answers 0.5 four times), and its gradient is not that "
        "of its loss: the labels do not occur in it.",
        "Two layers, and the gradient y_hat - y at the logits.",
    ),
    Erratum(
        "D4 4",
        ("D4-4",),
        "W1 and the rest are assigned inside the function, so the first read raises "
        "UnboundLocalError; then the kept dimension of the bias gradient does not fit; with both "
        "mended, its rate 0.01 and 1,000 epochs do not learn XOR (0.45, 0.54, 0.47, 0.54).",
        "With both mended, rate 0.5 and 10,000 epochs give 0.01, 0.99, 0.99, 0.01.",
    ),
    Erratum(
        "D0 Q3",
        ("D0-Q3",),
        "A quantum computer is named as a remedy for the cost of computing.",
        "It is not one today; smaller models, compression and several machines are.",
    ),
)
