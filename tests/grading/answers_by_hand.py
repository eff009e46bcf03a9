"""Three questions, and right answers of four students who each wrote their own."""

RELEASED = '''
import numpy as np

def average_pool(image, pool_size, strides):
    """Takes the mean of each window."""
    # YOUR CODE HERE
    raise NotImplementedError

check("average_pool")

def circular_correlate(image, kernel):
    """Cross-correlates a picture that goes on at its opposite side."""
    # YOUR CODE HERE
    raise NotImplementedError

check("circular_correlate")

def transposed_conv2d(x, kernel, strides):
    """Stamps the kernel, times each pixel, into a larger picture."""
    # YOUR CODE HERE
    raise NotImplementedError

check("transposed_conv2d")
'''

LOOPS = '''
import numpy as np

def average_pool(image, pool_size, strides):
    """Takes the mean of each window."""
    H, W = image.shape
    out_h = (H - pool_size) // strides + 1
    out_w = (W - pool_size) // strides + 1
    out = np.zeros((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i * strides : i * strides + pool_size,
                           j * strides : j * strides + pool_size]
            out[i, j] = window.mean()
    return out

check("average_pool")

def circular_correlate(image, kernel):
    """Cross-correlates a picture that goes on at its opposite side."""
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            total = 0.0
            for p in range(kh):
                for q in range(kw):
                    total += image[(i + p - kh // 2) % H, (j + q - kw // 2) % W] * kernel[p, q]
            out[i, j] = total
    return out

check("circular_correlate")

def transposed_conv2d(x, kernel, strides):
    """Stamps the kernel, times each pixel, into a larger picture."""
    H, W = x.shape
    kh, kw = kernel.shape
    out = np.zeros((strides * (H - 1) + kh, strides * (W - 1) + kw))
    for i in range(H):
        for j in range(W):
            out[i * strides : i * strides + kh, j * strides : j * strides + kw] += x[i, j] * kernel
    return out

check("transposed_conv2d")
'''

# Nested loops again, as most would write them, by somebody else.
LISTS = '''
import numpy as np

def average_pool(image, pool_size, strides):
    """Takes the mean of each window."""
    rows = []
    for top in range(0, image.shape[0] - pool_size + 1, strides):
        row = []
        for left in range(0, image.shape[1] - pool_size + 1, strides):
            patch = image[top:top + pool_size, left:left + pool_size]
            row.append(np.mean(patch))
        rows.append(row)
    return np.array(rows)

check("average_pool")

def circular_correlate(image, kernel):
    """Cross-correlates a picture that goes on at its opposite side."""
    result = np.zeros_like(image, dtype=float)
    cy = kernel.shape[0] // 2
    cx = kernel.shape[1] // 2
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            for a in range(kernel.shape[0]):
                for b in range(kernel.shape[1]):
                    yy = (y + a - cy) % image.shape[0]
                    xx = (x + b - cx) % image.shape[1]
                    result[y, x] += kernel[a, b] * image[yy, xx]
    return result

check("circular_correlate")

def transposed_conv2d(x, kernel, strides):
    """Stamps the kernel, times each pixel, into a larger picture."""
    k1, k2 = kernel.shape
    h, w = x.shape
    y = np.zeros(((h - 1) * strides + k1, (w - 1) * strides + k2))
    for r in range(h):
        for c in range(w):
            r0, c0 = r * strides, c * strides
            y[r0:r0 + k1, c0:c0 + k2] = y[r0:r0 + k1, c0:c0 + k2] + kernel * x[r, c]
    return y

check("transposed_conv2d")
'''

WINDOWS = '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows_of

def average_pool(image, pool_size, strides):
    """Takes the mean of each window."""
    windows = windows_of(image, (pool_size, pool_size))[::strides, ::strides]
    return windows.mean(axis=(-2, -1))

check("average_pool")

def circular_correlate(image, kernel):
    """Cross-correlates a picture that goes on at its opposite side."""
    pads = [(size // 2, size - 1 - size // 2) for size in kernel.shape]
    windows = windows_of(np.pad(image, pads, mode="wrap"), kernel.shape)
    return np.einsum("ijpq,pq->ij", windows, kernel)

check("circular_correlate")

def transposed_conv2d(x, kernel, strides):
    """Stamps the kernel, times each pixel, into a larger picture."""
    spread = np.zeros([strides * (size - 1) + 1 for size in x.shape])
    spread[::strides, ::strides] = x
    frame = [(size - 1, size - 1) for size in kernel.shape]
    windows = windows_of(np.pad(spread, frame), kernel.shape)
    return (windows * kernel[::-1, ::-1]).sum(axis=(2, 3))

check("transposed_conv2d")
'''

ROLLS = '''
import numpy as np

def average_pool(image, pool_size, strides):
    """Takes the mean of each window."""
    high = image.shape[0] - pool_size + 1
    wide = image.shape[1] - pool_size + 1
    total = sum(image[a:a + high, b:b + wide] for a in range(pool_size) for b in range(pool_size))
    return total[::strides, ::strides] / pool_size ** 2

check("average_pool")

def circular_correlate(image, kernel):
    """Cross-correlates a picture that goes on at its opposite side."""
    answer = 0
    for (p, q), weight in np.ndenumerate(kernel):
        move = kernel.shape[0] // 2 - p, kernel.shape[1] // 2 - q
        answer = answer + weight * np.roll(image, move, axis=(0, 1))
    return answer

check("circular_correlate")

def transposed_conv2d(x, kernel, strides):
    """Stamps the kernel, times each pixel, into a larger picture."""
    n, m = (np.array(x.shape) - 1) * strides + 1
    big = np.zeros((n + len(kernel) - 1, m + len(kernel[0]) - 1))
    for (p, q), weight in np.ndenumerate(kernel):
        big[p:p + n:strides, q:q + m:strides] += weight * x
    return big

check("transposed_conv2d")
'''

HONEST = {"loops": LOOPS, "lists": LISTS, "windows": WINDOWS, "rolls": ROLLS}
