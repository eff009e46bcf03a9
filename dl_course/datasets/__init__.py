"""Arrays out: data sets that come with the course, published ones, and your own files.

data = load("digits")            # embedded: no network, no files
data = make_spirals(arms=3)      # made, from a seed
data = load("mnist")             # looked for, downloaded if needed, verified
data = load("my_images.npz")     # or a folder with one subfolder of images per class
(x_train, y_train), (x_test, y_test) = data
"""

from dl_course.datasets.corpus_files import load_corpus
from dl_course.datasets.dataset import Corpus, Dataset
from dl_course.datasets.image_files import read_image
from dl_course.datasets.loading import load
from dl_course.datasets.number_words import chinese_number, english_number, make_number_words
from dl_course.datasets.pair_files import group_references, load_pairs
from dl_course.datasets.points import make_line, make_spirals, make_xor
from dl_course.datasets.recall import make_recall
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.registry import info, names
from dl_course.datasets.reviews import make_reviews
from dl_course.datasets.sound_files import read_sound, stream_sound
from dl_course.datasets.sound_folder import load_sounds
from dl_course.datasets.sounds import make_sounds
from dl_course.datasets.splits import shuffled_split, stratified_split
from dl_course.datasets.store import FileCheck, check, data_home, fetch, locate
from dl_course.datasets.text_files import load_texts
from dl_course.datasets.text_windows import make_windows
from dl_course.datasets.tokenizer import Tokenizer, clean_text, tokenize

__all__ = [
    "Corpus",
    "DataFile",
    "Dataset",
    "DatasetInfo",
    "FileCheck",
    "Tokenizer",
    "check",
    "chinese_number",
    "clean_text",
    "data_home",
    "english_number",
    "fetch",
    "group_references",
    "info",
    "load",
    "load_corpus",
    "load_pairs",
    "load_sounds",
    "load_texts",
    "locate",
    "make_line",
    "make_number_words",
    "make_recall",
    "make_reviews",
    "make_sounds",
    "make_spirals",
    "make_windows",
    "make_xor",
    "names",
    "read_image",
    "read_sound",
    "shuffled_split",
    "stratified_split",
    "stream_sound",
    "tokenize",
]
