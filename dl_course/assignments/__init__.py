"""Exercises: instant checks of a student's answers, with hints."""

from dl_course.assignments.checking import check

__all__ = ["check"]
