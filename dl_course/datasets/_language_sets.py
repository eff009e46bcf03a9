"""The registered sets of texts, sentence pairs and sounds."""

from dl_course.datasets.records import DataFile, DatasetInfo

_MADE_HERE = "https://en.wikipedia.org/wiki/Synthetic_data"

_REVIEWS = DatasetInfo(
    name="reviews",
    title="Generated reviews, good or bad, in which the order of the words decides",
    embedded=True,
    files=(),
    class_names=("negative", "positive"),
    input_shape=(),
    train_examples=4000,
    test_examples=1000,
    licence="MIT, made by the course",
    source=_MADE_HERE,
    alternative=None,
    kind="texts",
)

_PYTHON_HELP = DatasetInfo(
    name="python_help",
    title="Python's own help on its language, half a million characters",
    embedded=True,
    files=(),
    class_names=(),
    input_shape=(),
    train_examples=0,
    test_examples=0,
    licence="PSF-2.0",
    source="https://docs.python.org/3/library/pydoc.html",
    alternative=None,
    kind="corpus",
)

_NUMBER_WORDS = DatasetInfo(
    name="number_words",
    title="Numbers in English words and in Chinese ones",
    embedded=True,
    files=(),
    class_names=(),
    input_shape=(),
    train_examples=20_020,
    test_examples=4_980,
    licence="MIT, made by the course",
    source=_MADE_HERE,
    alternative=None,
    kind="pairs",
)

_SOUNDS = DatasetInfo(
    name="sounds",
    title="Synthesized sounds with noise, at many pitches, 8 kHz",
    embedded=True,
    files=(),
    class_names=(
        "rising",
        "falling",
        "low high",
        "high low",
        "trill",
        "tone",
        "vowel a",
        "vowel i",
        "noise",
    ),
    input_shape=(8000,),
    train_examples=1440,
    test_examples=360,
    licence="MIT, made by the course",
    source=_MADE_HERE,
    alternative=None,
    kind="sounds",
)

_IMDB = DatasetInfo(
    name="imdb",
    title="50,000 reviews of films, good or bad",
    embedded=False,
    files=(
        DataFile("imdb_train.jsonl.gz", (), "accd3261f03eabf549ea05ec0654b1c5", 34_996_238),
        DataFile("imdb_test.jsonl.gz", (), "9ec73cb85bc03dd427bf7e447e1dc72a", 34_199_569),
    ),
    class_names=("negative", "positive"),
    input_shape=(),
    train_examples=25_000,
    test_examples=25_000,
    licence="for research (Maas et al. 2011)",
    source="https://ai.stanford.edu/~amaas/data/sentiment/",
    alternative="reviews",
    kind="texts",
)

_TINY_SHAKESPEARE = DatasetInfo(
    name="tiny_shakespeare",
    title="Scenes of Shakespeare's plays, 1.1 million characters",
    embedded=False,
    files=(
        DataFile(
            "input.txt",
            (
                "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
                "https://storage.googleapis.com/download.tensorflow.org/data/shakespeare.txt",
            ),
            "6fb458f1232090904fb40fe944165e91",
            1_115_394,
        ),
    ),
    class_names=(),
    input_shape=(),
    train_examples=1_003_854,
    test_examples=111_540,
    licence="public domain",
    source="https://github.com/karpathy/char-rnn",
    alternative="python_help",
    kind="corpus",
)

_TATOEBA = DatasetInfo(
    name="tatoeba_eng_cmn",
    title="20,133 English sentences with Chinese translations",
    embedded=False,
    files=(DataFile("cmn.txt", (), "86297ec9efdc0d241929c7687f182a0c", 1_259_882),),
    class_names=(),
    input_shape=(),
    train_examples=16_105,
    test_examples=4_028,
    licence="CC BY 2.0 FR",
    source="https://tatoeba.org",
    alternative="number_words",
    kind="pairs",
)

_FSDD = DatasetInfo(
    name="fsdd",
    title="3,000 spoken English digits, 6 speakers, 8 kHz",
    embedded=False,
    files=(
        DataFile(
            "fsdd_recordings.zip",
            (
                "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip",
                "https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/zip/refs/tags/v1.0.10",
            ),
            "a47bbce9b54711a7e196bfcd517d4cf1",
            21_128_848,
        ),
    ),
    class_names=tuple("0123456789"),
    input_shape=(8000,),
    train_examples=2000,
    test_examples=1000,
    licence="CC BY-SA 4.0",
    source="https://github.com/Jakobovski/free-spoken-digit-dataset",
    alternative="sounds",
    kind="sounds",
)

TEXTS_AND_SOUNDS = (
    _REVIEWS,
    _PYTHON_HELP,
    _NUMBER_WORDS,
    _SOUNDS,
    _IMDB,
    _TINY_SHAKESPEARE,
    _TATOEBA,
    _FSDD,
)
