"""The verb `train`: what can be trained, and with which options."""

from pathlib import Path
from typing import Annotated

import typer

from dl_course.commands.terminal import say

train_app = typer.Typer(
    help="Train a model and write a run folder.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Out = Annotated[Path, typer.Option(help="The run folder to write.")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the data.")]
BatchSize = Annotated[int | None, typer.Option(help="Examples in one step.")]
LearningRate = Annotated[float | None, typer.Option(help="The (highest) rate.")]
Patience = Annotated[int | None, typer.Option(help="Stop after so many epochs without progress.")]
Seed = Annotated[int | None, typer.Option(help="Of all random choices. [default: 0]")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the run.")]
Encoding = Annotated[
    str | None, typer.Option(help="Of your own file, e.g. gb18030. [default: utf-8]")
]


def _data(default: str):
    return typer.Option(metavar="NAME|PATH", help=f"Data set. [default: {default}]")


@train_app.command("cnn")
def train_cnn(
    out: Out,
    data: Annotated[str | None, _data("digits")] = None,
    recipe: Annotated[str | None, typer.Option(help="fast or document. [default: fast]")] = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    hidden_units: Annotated[
        int | None, typer.Option(help="Units of the dense layer. [default: 128]")
    ] = None,
    patience: Patience = None,
    seed: Seed = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train the documents' CNN (D1 4.1, D2 4)."""
    _train("cnn", locals())


@train_app.command("text-classifier")
def train_text_classifier(
    out: Out,
    data: Annotated[str | None, _data("reviews")] = None,
    kind: Annotated[
        str | None, typer.Option(help="rnn, lstm, gru, cnn or bag. [default: gru]")
    ] = None,
    level: Annotated[str | None, typer.Option(help="word or character. [default: word]")] = None,
    vocabulary_size: Annotated[
        int | None, typer.Option(help="Different tokens at most. [default: 30000]")
    ] = None,
    length: Annotated[
        int | None, typer.Option(help="Tokens read of a text. [default: 600]")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Of your own file. [default: text]")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Of your own file. [default: label]")
    ] = None,
    encoding: Encoding = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    patience: Patience = None,
    seed: Seed = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train a classifier of texts on an embedding (D2 2)."""
    _train("text-classifier", locals())


@train_app.command("text-generator")
def train_text_generator(
    out: Out,
    data: Annotated[str | None, _data("python_help")] = None,
    recipe: Annotated[str | None, typer.Option(help="fast or document. [default: fast]")] = None,
    length: Annotated[
        int | None, typer.Option(help="Characters in a window. [default: 64]")
    ] = None,
    units: Annotated[int | None, typer.Option(help="Units of each LSTM. [default: 128]")] = None,
    layers: Annotated[int | None, typer.Option(help="LSTM layers. [default: 2]")] = None,
    encoding: Encoding = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    patience: Patience = None,
    seed: Seed = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train a writer of text, character by character (D1 4.2)."""
    _train("text-generator", locals())


@train_app.command("translator")
def train_translator(
    out: Out,
    data: Annotated[str | None, _data("number_words")] = None,
    units: Annotated[int | None, typer.Option(help="Units of each GRU. [default: 128]")] = None,
    dropout: Annotated[
        float | None, typer.Option(help="Share dropped in training. [default: 0]")
    ] = None,
    length: Annotated[
        int | None, typer.Option(help="Leave out longer pairs in training. [default: none]")
    ] = None,
    encoding: Encoding = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    patience: Patience = None,
    seed: Seed = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train an encoder and a decoder with attention (D1 2.2)."""
    _train("translator", locals())


@train_app.command("speech-classifier")
def train_speech_classifier(
    out: Out,
    data: Annotated[str | None, _data("sounds")] = None,
    kind: Annotated[str | None, typer.Option(help="cnn or gru. [default: cnn]")] = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    patience: Patience = None,
    seed: Seed = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train a classifier of sounds (D0 1, D1 1)."""
    _train("speech-classifier", locals())


def _train(name: str, options: dict) -> None:
    """Trains, and says what came of it."""
    from dl_course.commands.train import train

    out, resume, overwrite = (options.pop(key) for key in ("out", "resume", "overwrite"))
    metrics = train(name, out, options, resume=resume, overwrite=overwrite)
    say(
        f"Test {metrics['headline']} after {metrics['epochs']} epochs, "
        f"{metrics['train_seconds']:.1f} s, {metrics['examples_per_second']:.0f} examples/s.",
        f"Numbers: {out}/metrics.json  Pictures: {out}/figures/",
    )
