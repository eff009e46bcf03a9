"""A class that hands in an assignment: who they are, what they wrote, and what it is worth.

The same seed makes the same class, byte for byte.
"""

import base64
import copy
import csv
import io
import json
import os
import random
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks import _answers as write
from dl_course.assignments.masters import Cases, Master, is_test

DUE = datetime(2026, 11, 20, 23, 59)
# Shares of all students; the others answer right. The attacks come with two broken files.
HONEST = {"mistake": 0.2, "untouched": 0.05, "unfinished": 0.05}
REAL = {**HONEST, "attack": 0.105}
_BROKEN_FILES = ("corrupt file", "empty file")

_FAMILY = [*"王李张刘陈杨黄赵周吴金", *"Garcia Müller Nguyễn O'Neill Łukasz Øster Иванов".split()]
_GIVEN = "小明 丽 伟 芳 静 强 敏 磊 Ana Zoë José Mai-Anh Björn Eve Анна 민준 Li Noor".split()


@dataclass
class Student:
    """Somebody who handed in.

    Attributes:
        name: what the grader should call them.
        kind: what they wrote.
        deserves: points by question; None where no mark can be given.
        is_late: whether they handed in after the date.
        files: content and time by path below the folder of submissions.
    """

    name: str
    kind: str
    deserves: dict[str, float | None]
    is_late: bool = False
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict, repr=False)


def first_questions(master: Master, count: int, name: str) -> str:
    """Returns the text of a master with the first questions of another."""
    notebook = copy.deepcopy(master.notebook)
    tests = [place for place, cell in enumerate(notebook["cells"]) if is_test(cell)]
    notebook["cells"] = notebook["cells"][: tests[count - 1] + 1]
    title = notebook["cells"][0]
    title["source"] = f"# Assignment: {name}\n"
    return json.dumps(notebook, ensure_ascii=False)


def make_class(
    master: Master,
    cases: dict[str, Cases],
    released: Path,
    *,
    count: int,
    shares: dict[str, float],
    seed: int,
) -> list[Student]:
    """Returns a class of students and what they hand in.

    Args:
        master: of the assignment.
        cases: of its questions.
        released: the notebook that was handed out.
        count: how many students.
        shares: of each kind except right answers.
        seed: decides everything that differs between students.
    """
    chance = random.Random(seed)
    stub = json.loads(released.read_text(encoding="utf-8"))
    kinds = [kind for kind, share in shares.items() for _ in range(round(share * count))]
    kinds += ["right"] * (count - len(kinds))
    attacks = [*write.ATTACKS, *_BROKEN_FILES]
    chance.shuffle(kinds)
    is_real = "attack" in shares
    students = []
    for number, kind in enumerate(kinds):
        if kind == "attack":
            kind = attacks[sum(s.kind in attacks for s in students) % len(attacks)]
        student, notebook = _student(_name(number, chance), kind, master, cases, stub, chance)
        _hand_in(student, notebook, master.name, stub, chance if is_real else None)
        students.append(student)
    return students


def write_class(students: list[Student], folder: Path) -> None:
    """Writes what was handed in."""
    for student in students:
        for name, (data, time) in student.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            os.utime(path, (time.timestamp(), time.timestamp()))


def unfair_marks(students: list[Student], grades: Path) -> list[str]:
    """Returns who did not get what they deserve, and who is not in the table or should not be."""
    given: dict[str, dict[str, tuple[str, bool]]] = {}
    with grades.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            mark = row["points"], row["late"] == "yes"
            given.setdefault(row["student"], {})[row["question"]] = mark
    complaints = [f"{name}: not in the class" for name in given.keys() - {s.name for s in students}]
    for student in students:
        deserved = {
            question: ("" if points is None else f"{points:g}", student.is_late)
            for question, points in student.deserves.items()
        }
        received = given.get(student.name)
        if received != deserved:
            complaints.append(f"{student.name} ({student.kind}): {received} for {deserved}")
    return sorted(complaints)


def _name(number: int, chance: random.Random) -> str:
    family, given = chance.choice(_FAMILY), chance.choice(_GIVEN)
    name = f"{family}{given}" if len(family) == 1 else f"{given} {family}"
    return f"{name} ({1000 + number})"


def _student(
    name: str,
    kind: str,
    master: Master,
    cases: dict[str, Cases],
    stub: dict,
    chance: random.Random,
) -> tuple[Student, bytes]:
    questions = master.questions
    answers = {question.name: write.right_answer(question, chance) for question in questions}
    deserves = {question.name: float(question.points) for question in questions}
    chosen = chance.choice(questions)
    if kind == "mistake":
        mistakes = write.mistaken_answers(chosen, cases[chosen.name])
        _, answers[chosen.name], share = chance.choice(mistakes)
        deserves[chosen.name] = round(chosen.points * share, 2)
    elif kind == "untouched":
        answers = {question.name: write.untouched(question) for question in questions}
        deserves = dict.fromkeys(deserves, 0.0)
    elif kind == "unfinished":
        half = len(questions) // 2
        answers |= {q.name: write.unfinished(q) for q in questions[half : half + 1]}
        answers |= {q.name: write.untouched(q) for q in questions[half + 1 :]}
        deserves |= {q.name: 0.0 for q in questions[half:]}
    elif kind in write.ATTACKS:
        answers[chosen.name] = write.ATTACKS[kind](chosen)
        deserves[chosen.name] = 0.0
    notebook = _notebook(stub, answers, chance)
    if kind in _BROKEN_FILES:
        deserves = dict.fromkeys(deserves)
        notebook = notebook[: len(notebook) // 2] if kind == "corrupt file" else b""
    return Student(name, kind, deserves), notebook


def _notebook(stub: dict, answers: dict[str, list[str]], chance: random.Random) -> bytes:
    cells = []
    for cell in stub["cells"]:
        settings = cell["metadata"].get("nbgrader", {})
        if not settings.get("solution"):
            cells.append(cell)
            continue
        for number, text in enumerate(answers[settings["grade_id"]]):
            cells.append({**cell, "id": f"{cell['id']}-{number}", "source": text.splitlines(True)})
    if chance.random() < 0.3:  # a picture that was left in the notebook
        image = base64.b64encode(chance.randbytes(20_000)).decode()
        output = {"output_type": "display_data", "data": {"image/png": image}, "metadata": {}}
        cells.append({**cells[-1], "id": "picture", "source": "# a picture", "outputs": [output]})
    return json.dumps({**stub, "cells": cells}, indent=1, ensure_ascii=False).encode()


def _hand_in(
    student: Student, notebook: bytes, assignment: str, stub: dict, chance: random.Random | None
) -> None:
    """Decides on files and times: a folder each, or in a real class as people do."""
    time = DUE - timedelta(hours=5)
    file = f"{assignment}.ipynb"
    if chance is None:
        student.files = {f"{student.name}/{file}": (notebook, time)}
        return
    if chance.random() < 0.1:
        student.is_late, time = True, DUE + timedelta(hours=7)
    form = chance.choice(("folder", "file", "zip", "Moodle", "Moodle"))
    name, number = student.name.removesuffix(")").split(" (")
    folder = student.name if form == "folder" else f"{name}_{number}_assignsubmission_file_"
    if form == "file":
        student.files[f"{student.name}_{file}"] = notebook, time
    elif form == "zip":
        student.files[f"{student.name}.zip"] = _zipped(f"作业/{file}", notebook, time), time
    else:
        student.files[f"{folder}/{file}"] = notebook, time
        # An older try is still there. It would count if the newer one could not be read.
        if chance.random() < 0.3 and student.kind not in _BROKEN_FILES:
            older = json.dumps(stub).encode(), time - timedelta(days=2)
            student.files[f"{folder}/{assignment} (1).ipynb"] = older


def _zipped(name: str, data: bytes, time: datetime) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, time.timetuple()[:6]), data)
    return file.getvalue()
