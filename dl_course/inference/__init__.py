"""Inference: a trained model with its preprocessing. A raw image, text or sound in, answers out."""

from dl_course.inference.image_classifier import ImageClassifier
from dl_course.inference.reader import Reader, load
from dl_course.inference.speech_classifier import SpeechClassifier
from dl_course.inference.text_classifier import TextClassifier
from dl_course.inference.text_generator import TextGenerator
from dl_course.inference.translator import Translator
