"""Models: hyperparameters in, an uncompiled Keras model out. No data, no training."""

from dl_course.models.augmentation import build_augmentation
from dl_course.models.image import build_cnn, build_mlp
from dl_course.models.recurrent import build_recurrent
from dl_course.models.saved import load_model, load_preprocessing, save_model

__all__ = [
    "build_augmentation",
    "build_cnn",
    "build_mlp",
    "build_recurrent",
    "load_model",
    "load_preprocessing",
    "save_model",
]
