"""`make bench`: requests per second, latency, SQL and CPU per request of the shop, beside a bare Django view in the same run.

The server stack (web, PostgreSQL with fsync on, Valkey) is pinned to one core and the load generator to another when
there are two. Absolute figures belong to the machine; the ratio to the bare view is what to compare.
"""
