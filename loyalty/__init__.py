"""Points as lots: earned, redeemed, returned, expired and clawed back, each as an append-only row.

Knows a purchase only by an opaque `reference`. What points are worth in money is posted by the conductor (orders)
in reaction to the events published here.
"""
