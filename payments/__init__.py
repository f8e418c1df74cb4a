"""Money in, held, released, refunded: gateways, attempts, the webhook inbox, the double-entry ledger and escrow.

Knows a purchase and a merchant order only by opaque references. Publishes what happened to money;
orders decides what that means.
"""
