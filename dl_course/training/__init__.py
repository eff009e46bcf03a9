"""Training: what changes a model's weights, and what a run leaves behind.

`fit` trains one model on examples for an `Objective`. What does not fit into it uses the parts:

- Several outputs (chapter 08): `fit` with an `Objective` of its own, whose loss is a dict with an
  entry for each output, a function of `(y, outputs)` among them, and targets that are a dict.
- Two models in turn (chapter 15): a loop of its own that takes `ShuffledBatches` and drives
  `Measurements`, recorders and a `Checkpointer` of both models through
  `keras.callbacks.CallbackList`.
- Episodes (chapter 19): the same loop over sampled tasks; `Measurements` and `Checkpointer` take
  a block of episodes for an epoch.
- Experience (chapter 23): likewise, without `ShuffledBatches`, since the agent makes its examples;
  `Measurements` keeps the returns, and an `Objective` with `mode="max"` picks the best agent.

Each of them takes its optimizer from a recipe: `resolve(recipe, examples).build_optimizer()`.
"""

from dl_course.training.batches import ShuffledBatches
from dl_course.training.callbacks import Measurements
from dl_course.training.checkpoint import Checkpointer
from dl_course.training.evaluation import exact_match, predict, regression_scores, scores
from dl_course.training.examples import take
from dl_course.training.fit import Run, fit
from dl_course.training.live import LivePlot
from dl_course.training.objectives import (
    CLASSIFICATION,
    REGRESSION,
    STEP_CLASSIFICATION,
    Objective,
)
from dl_course.training.precision import computing_in
from dl_course.training.recipes import RECIPES, Recipe, Settings, resolve
from dl_course.training.teacher_forcing import LONGEST_SENTENCE, teacher_forcing
