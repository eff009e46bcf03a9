"""Marks a class: every submission runs in a sandbox, and is judged outside of it."""
