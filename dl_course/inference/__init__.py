"""Inference: a trained model with its preprocessing. Raw text or sound in, answers out."""

from dl_course.inference.saved import load
from dl_course.inference.speech_classifier import SpeechClassifier
from dl_course.inference.text_classifier import TextClassifier
from dl_course.inference.text_generator import TextGenerator
from dl_course.inference.translator import Translator

__all__ = ["SpeechClassifier", "TextClassifier", "TextGenerator", "load", "Translator"]
