"""Writes: training, promoting and throwing away versions."""
