"""Training: what changes a model's weights, and what a run leaves behind."""

from dl_course.training.evaluation import predict, scores
from dl_course.training.fit import Run, fit
from dl_course.training.live import LivePlot
from dl_course.training.recipes import RECIPES, Recipe, Settings
from dl_course.training.speech import SPEECH_RECIPE
from dl_course.training.teacher_forcing import TRANSLATION_RECIPE, teacher_forcing
from dl_course.training.text_generation import TEXT_GENERATOR_RECIPES

__all__ = [
    "LivePlot",
    "RECIPES",
    "Recipe",
    "Run",
    "SPEECH_RECIPE",
    "Settings",
    "TEXT_GENERATOR_RECIPES",
    "TRANSLATION_RECIPE",
    "fit",
    "predict",
    "scores",
    "teacher_forcing",
]
