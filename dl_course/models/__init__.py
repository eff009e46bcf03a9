"""Models: hyperparameters in, an uncompiled Keras model out. No data, no training."""

from dl_course.models.augmentation import build_augmentation
from dl_course.models.image import build_cnn, build_mlp
from dl_course.models.recurrent import build_recurrent
from dl_course.models.saved import load_model, load_preprocessing, save_model
from dl_course.models.speech_classifier import build_speech_classifier
from dl_course.models.text_classifier import build_text_classifier
from dl_course.models.text_generator import build_text_generator, generator_step
from dl_course.models.translator import build_translator, translator_parts
