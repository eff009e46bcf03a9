"""Training: what changes a model's weights, and what a run leaves behind."""

from dl_course.training.evaluation import predict, scores
from dl_course.training.fit import Run, fit
from dl_course.training.live import LivePlot
from dl_course.training.recipes import RECIPES, Recipe, Settings

__all__ = ["LivePlot", "RECIPES", "Recipe", "Run", "Settings", "fit", "predict", "scores"]
