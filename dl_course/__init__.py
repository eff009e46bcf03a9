"""Deep learning, section by section: NumPy references, Keras models, and pictures of them learning.

Importing the package starts nothing heavy; each room is imported when it is needed.
"""

__version__ = "0.1.0"
