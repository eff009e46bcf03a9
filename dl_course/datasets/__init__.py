"""Arrays out: data sets that come with the course, published ones, and your own files.

data = load("digits")                          # embedded: no network, no files
data = make_spirals(arms=3)                    # made, from a seed
data = load("mnist")                           # looked for, downloaded if needed, verified
data = load("my_images.npz")                   # or a folder with one subfolder per class
data = load("phrases.tsv", kind="pairs")       # sentences and their translations
(x_train, y_train), (x_test, y_test) = data
"""

from dl_course.datasets.dataset import Corpus, Dataset
from dl_course.datasets.formats import own_files
from dl_course.datasets.image_reading import read_image
from dl_course.datasets.kinds import KINDS
from dl_course.datasets.loading import load
from dl_course.datasets.points import make_line, make_spirals, make_xor
from dl_course.datasets.recall import make_recall
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.registry import info, names
from dl_course.datasets.sentence_pairs import group_references, short_pairs
from dl_course.datasets.sets import (
    chinese_number,
    english_number,
    fsdd,
    make_number_words,
    make_reviews,
    make_sounds,
)
from dl_course.datasets.sound_reading import pad_sounds, read_sound, stream_sound
from dl_course.datasets.splits import shuffled_split, stratified_split
from dl_course.datasets.store import FileCheck, check, data_home, fetch, how_to_get, locate
from dl_course.datasets.text_windows import make_windows
from dl_course.datasets.tokenizer import (
    END,
    PADDING,
    SPECIAL,
    START,
    UNKNOWN,
    Tokenizer,
    clean_text,
    tokenize,
)
