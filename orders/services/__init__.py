"""Writes of the conductor, one module per noun.

carts, checkout (placing), payment, unpaid (giving back what was never paid), expiry, cancellation, refunds, fulfilment,
completion, reviews; moves holds the step all of them share.
"""
