"""Deep learning, section by section: NumPy references, Keras models, and pictures of them learning.

Importing the package loads nothing heavy; each subpackage is imported when it is needed.
"""

__version__ = "0.1.0"
