"""What every app stands on: money, states with history, the outbox, ids, idempotency, jobs, the sanitiser, request ids.

Small on purpose and knows no sibling. Owns the tables of state changes, outbox events and receipts,
idempotency records and jobs. Owns nothing a shopper or merchant would recognise.
"""
