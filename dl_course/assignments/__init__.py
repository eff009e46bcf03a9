"""Exercises and assignments: instant checks of a student's answers, with hints."""

from dl_course.assignments.checking import check
from dl_course.assignments.masters.public import checker
