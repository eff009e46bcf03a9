"""A task's options, declared once: the command line, the checks and the tables read them here."""

import dataclasses
import math
import numbers
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Self

from dl_course import datasets
from dl_course.errors import TrainingError, argument_error, check_choice

_RECIPE = "the recipe's own"


def option(
    default: object,
    help: str,
    *,
    positive: bool = False,
    minimum: float | None = None,
    below: float | None = None,
    choices: Sequence[str] = (),
    metavar: str | None = None,
    none: str = "none",
    own_file: bool = False,
) -> Any:
    """Declares an option: a dataclass field that knows its help text and its limits.

    Args:
        default: the value unless one is given; None where something else decides.
        help: a sentence for `--help`.
        positive: whether a number must be above 0.
        minimum: the smallest value of a number; None for no limit.
        below: what a number must be less than; None for no limit.
        choices: the texts to choose from.
        metavar: what stands for the value in `--help`.
        none: what None means, in words.
        own_file: whether it describes your own file, and a registered data set does not take it.

    Example:
        >>> @dataclasses.dataclass(frozen=True, kw_only=True)
        ... class Mine(TaskOptions):
        ...     data: str = data_option("digits", "images")
        ...     units: int = option(8, "Units of the layer.", positive=True)
        >>> Mine(units=0)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `units` must be a positive integer. Received: units=0. Pass \
at least 1.
    """
    limits = {"positive": positive, "minimum": minimum, "below": below, "choices": choices}
    texts = {"help": help, "metavar": metavar, "none": none, "own_file": own_file}
    return dataclasses.field(default=default, metadata=limits | texts)


def data_option(default: str, kind: str) -> Any:
    """Declares the option `data`: the name of a data set of some kind, or the path of your own."""
    own = datasets.own_files(kind)
    field = option(default, f"Name of a data set, or path of {own}.", metavar="NAME|PATH")
    return dataclasses.field(default=default, metadata={**field.metadata, "data_kind": kind})


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskOptions:
    """The options of every task; a task adds its own, and says which data it takes."""

    data: str
    epochs: int | None = option(None, "Passes over the training data.", positive=True, none=_RECIPE)
    batch_size: int | None = option(None, "Examples per step.", positive=True, none=_RECIPE)
    learning_rate: float | None = option(
        None, "Learning rate; for a schedule, the highest.", positive=True, none=_RECIPE
    )
    patience: int | None = option(
        None, "Stop after this many epochs without improvement.", positive=True, none="never stop"
    )
    seed: int = option(0, "Seed for everything random.", minimum=0)

    def __post_init__(self) -> None:
        for described in options_of(type(self)):
            described.check(getattr(self, described.name))

    def on(self, data: str) -> Self:
        """Returns the options for other data; a registered set takes none of your own file's."""
        registered = data in datasets.names()
        dropped = [o.name for o in options_of(type(self)) if registered and o.metadata["own_file"]]
        return dataclasses.replace(self, data=data, **dict.fromkeys(dropped))

    @classmethod
    def data_kind(cls) -> str:
        """Returns the kind of the data, one of `datasets.KINDS`, as `data_option` was told."""
        return cls.__dataclass_fields__["data"].metadata["data_kind"]

    def reading(self) -> dict[str, Any]:
        """Returns the options of `datasets.load` for these data."""
        return {"kind": self.data_kind()}

    def given(self) -> dict[str, Any]:
        """Returns the options that are not None, by name, as config.json keeps them."""
        return {key: value for key, value in vars(self).items() if value is not None}

    @classmethod
    def from_config(cls, arguments: dict[str, Any]) -> Self:
        """Returns the options that a run's config.json keeps.

        Raises:
            CourseError: one is unknown or out of range.
        """
        unknown = sorted(arguments.keys() - {field.name for field in dataclasses.fields(cls)})
        if unknown:
            raise TrainingError(
                f"config.json: found options that dl-course does not know: {', '.join(unknown)}. "
                "Use the version of dl-course that wrote the run."
            )
        options = cls(**arguments)
        return options.on(options.data)  # an older version kept those of a file in any case


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextOptions(TaskOptions):
    """The options of every task that reads text files."""

    encoding: str | None = option(
        None, "Encoding of your own file, such as gb18030.", none="utf-8", own_file=True
    )

    def reading(self) -> dict[str, Any]:
        """Returns the options of `datasets.load`, with the encoding."""
        return {**super().reading(), "encoding": self.encoding}


@dataclasses.dataclass(frozen=True)
class Described:
    """One option as the command line, the checks and the documentation see it.

    Args:
        name: the field's name.
        type: int, float, str or bool.
        default: the value unless one is given.
        metadata: what `option` was given.
    """

    name: str
    type: type
    default: Any
    metadata: Mapping[str, Any]

    @property
    def flag(self) -> str:
        """The option on the command line, such as "--batch-size"; one of yes or no has two."""
        name = self.name.replace("_", "-")
        return f"--{name}/--no-{name}" if self.type is bool else f"--{name}"

    @property
    def help(self) -> str:
        """The help text, with the limits and the default."""
        limits = f"{self._limits}; " if self._limits else ""
        return f"{self.metadata['help']} [{limits}default: {self.words(self.default)}]"

    @property
    def metavar(self) -> str | None:
        """What stands for the value in `--help`; None for its type."""
        return self.metadata["metavar"] or "|".join(self.metadata["choices"]) or None

    @property
    def expected(self) -> str:
        """What a value that is not one of several choices must be, to follow "must be"."""
        if self.type in (str, bool):
            return "a text" if self.type is str else "True or False"
        kind = "integer" if self.type is int else "number"
        if self.metadata["positive"]:
            return f"a positive {kind}"
        of = "of " if self._limits.startswith("at least") else ""
        return f"{'an' if self.type is int else 'a'} {kind} {of}{self._limits}".rstrip()

    @property
    def _limits(self) -> str:
        """The limits of a number, in words; empty if there are none."""
        minimum, below = self.metadata["minimum"], self.metadata["below"]
        if self.metadata["positive"]:
            return "at least 1" if self.type is int else "above 0"
        least = "" if minimum is None else f"at least {minimum:g}"
        return " and ".join(filter(None, (least, "" if below is None else f"below {below:g}")))

    def words(self, value: object) -> str:
        """Returns a value in words."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return self.metadata["none"] if value is None else str(value)

    def check(self, value: object) -> None:
        """Raises a `CourseError` unless a value has the right type and keeps to the limits."""
        choices = self.metadata["choices"]
        if value is None and self.default is None:
            return
        if choices:
            check_choice(self.name, value, choices)
        elif not self._fits(value):
            hint = "Pass at least 1." if self.expected == "a positive integer" else ""
            raise argument_error(self.name, self.expected, value, hint)

    def _fits(self, value: object) -> bool:
        if self.type in (str, bool):
            return isinstance(value, self.type)
        kind = numbers.Integral if self.type is int else numbers.Real
        if not isinstance(value, kind) or isinstance(value, bool) or not math.isfinite(value):
            return False
        number, minimum, below = float(value), self.metadata["minimum"], self.metadata["below"]
        if self.metadata["positive"]:
            is_large = number > 0
        else:
            is_large = minimum is None or number >= minimum
        return is_large and (below is None or number < below)


def options_of(kind: type[TaskOptions]) -> list[Described]:
    """Returns a task's options, its own first, then those that it shares with others.

    Example:
        >>> [described.flag for described in options_of(TextOptions)][:3]
        ['--encoding', '--epochs', '--batch-size']
    """
    types = typing.get_type_hints(kind)
    shared = set(TaskOptions.__annotations__) - {"data"}
    fields = sorted(dataclasses.fields(kind), key=lambda field: field.name in shared)
    return [
        Described(f.name, _without_none(types[f.name]), f.default, f.metadata)
        for f in fields
        if f.metadata  # `data` of the bases is not described yet
    ]


def _without_none(annotation: Any) -> type:
    """Returns int for `int | None`."""
    kinds = [kind for kind in typing.get_args(annotation) if kind is not type(None)]
    return kinds[0] if kinds else annotation
