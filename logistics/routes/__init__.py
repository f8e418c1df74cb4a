"""Own delivery: vehicles, the routes of a day and the driver's work with them.

`problems`, `distances`, `checking` and `cvrplib` are pure; `planning` is the one door to the solver, which is imported by workers and
commands only. `services` writes what people do, `work` what the worker finds.
"""
