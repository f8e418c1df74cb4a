"""The arithmetic of recommendations: arrays in, arrays out; no database, no settings, no clock.

Imports numpy, scipy and surprise, 60 MB that a web process never needs: only tasks and commands import this package.
"""
