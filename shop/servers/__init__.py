"""PostgreSQL and Valkey as foreground children, for people who have neither.

Owns finding the binaries, making and guarding the data, starting, readiness and a clean stop.
Owns no schedule and no restart: the supervisor and the tests decide when a server runs.
"""
