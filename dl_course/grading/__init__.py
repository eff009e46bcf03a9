"""Marks a class: every submission runs in a sandbox, and is judged outside it.

The sandbox's own process imports this file too, so it must load nothing heavy.
"""

from dl_course.grading.batch import default_workers, open_batch
from dl_course.grading.marking import mark, questions_of
from dl_course.grading.sandbox import Limits, Sandbox, prepare_keras
