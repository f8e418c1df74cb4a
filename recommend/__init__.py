"""What to show next: models trained on ratings and purchases, kept in versions, one of them live.

Owns trained results and their metrics. Reads ratings (catalog) and purchases (orders); changes neither.
"""
