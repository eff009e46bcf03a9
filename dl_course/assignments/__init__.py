"""Exercises and assignments: instant checks of a student's answers, with hints."""

from dl_course.assignments.checking import check
from dl_course.assignments.public import checker

__all__ = ["check", "checker"]
