"""Runs: what the verbs `train`, `evaluate`, `predict`, `generate`, `translate` and `plot` do."""
