"""Diagnostics: they watch a model and change nothing."""

from dl_course.diagnostics.activation_flow import ActivationFlow
from dl_course.diagnostics.gradient_flow import GradientFlow
from dl_course.diagnostics.layers import feature_maps

__all__ = ["ActivationFlow", "GradientFlow", "feature_maps"]
