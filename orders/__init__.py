"""The conductor: carts, checkouts, merchant orders, their timeline, cancellation, refunds and completion.

The only app that knows a whole purchase. It calls down (stock, money, points) and reacts to the events those
apps publish; nothing below knows an order except by an opaque reference.
"""
