"""The yardstick: a Django view with three indexed SELECTs and a template of 24 items, without middleware, sessions or cache.

Its own settings and its own table, so that nothing of the shop can make it slower or faster.
"""
