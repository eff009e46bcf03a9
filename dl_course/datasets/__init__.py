"""Arrays out: data sets that come with the course, published ones, and your own files.

data = load("digits")            # embedded: no network, no files
data = load("mnist")             # looked for, downloaded if needed, verified
data = load("my_images.npz")     # or a folder with one subfolder of images per class
(x_train, y_train), (x_test, y_test) = data
"""

from dl_course.datasets.dataset import Dataset
from dl_course.datasets.image_files import read_image
from dl_course.datasets.loading import load
from dl_course.datasets.registry import DataFile, DatasetInfo, info, names
from dl_course.datasets.splits import stratified_split
from dl_course.datasets.store import FileCheck, check, data_home, fetch, locate

__all__ = [
    "DataFile",
    "Dataset",
    "DatasetInfo",
    "FileCheck",
    "check",
    "data_home",
    "fetch",
    "info",
    "load",
    "locate",
    "names",
    "read_image",
    "stratified_split",
]
