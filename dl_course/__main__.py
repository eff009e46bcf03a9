"""Run the command line as `python -m dl_course`."""

from dl_course.cli import main

if __name__ == "__main__":
    main()
