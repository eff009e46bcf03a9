"""Inference: a trained model with its preprocessing. Raw text or sound in, answers out."""

from dl_course.inference.saved import load

__all__ = ["load"]
