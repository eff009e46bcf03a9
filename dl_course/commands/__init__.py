"""What the verbs of `dl-course` do and print; `dl_course.cli` only calls these."""
