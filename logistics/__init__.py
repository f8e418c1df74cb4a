"""Where goods lie and how they travel: warehouses, stock, movements, reservations, shipping rates, shipments.

Knows variants of the catalogue and an order only by an opaque `reference`. Publishes what happened to parcels
and holds; decides nothing about orders or money.
"""
