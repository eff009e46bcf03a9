"""Diagnostics: they watch a model and change nothing."""

from dl_course.diagnostics.activation_flow import ActivationFlow
from dl_course.diagnostics.embeddings import embedding_map, nearest_tokens, telling_tokens
from dl_course.diagnostics.gates import gate_activations
from dl_course.diagnostics.gradient_flow import GradientFlow, GradientThroughTime
from dl_course.diagnostics.layers import feature_maps
