"""Inference: a trained model with its preprocessing. Raw text or sound in, answers out."""

from dl_course.inference.saved import load
from dl_course.inference.text_generator import TextGenerator

__all__ = ["TextGenerator", "load"]
