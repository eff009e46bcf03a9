"""Master assignments: how they are written and released, and how answers to them are judged."""

from dl_course.assignments.masters.answering import LARGEST, AnswerError, answers
from dl_course.assignments.masters.authoring import Cases, run_master
from dl_course.assignments.masters.judging import Case, Mistake
from dl_course.assignments.masters.master import (
    PLACEHOLDER,
    Master,
    Question,
    is_code,
    is_test,
    read_master,
    segments,
    source,
    stub,
    student_notebook,
)
from dl_course.assignments.masters.packing import PackingError, pack, unpack
from dl_course.assignments.masters.public import tell
from dl_course.assignments.masters.releasing import (
    MASTERS,
    find_masters,
    free_path,
    masters_named,
    release_master,
)
