"""How fast the ledger takes postings and how long verifying a million of them takes.

`make ledger-bench` starts a PostgreSQL of its own, with fsync on, and posts purchases through payments.services.ledger.post.
"""
