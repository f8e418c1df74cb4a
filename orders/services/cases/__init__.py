"""Writes of after-sales cases, one module per step. Each takes the order's lock, then the case's."""
