"""A stranger: a small Stripe in a process of its own that remembers on disk what it really charged.

`python -m tests.provider_double --state FILE` runs it, also without any test; `client.ProviderDouble` starts, kills and questions it.
It survives `kill -9`: everything it has answered for is in its file before the answer leaves. Faults are switched on as seeded knobs.
"""
