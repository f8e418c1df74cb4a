"""Writes of own delivery, one module per noun."""

from logistics.routes.services.driving import deliver_stop, depart, fail_stop
from logistics.routes.services.plans import ask_for_routes, plan_of_day, set_depot
from logistics.routes.services.stops import Recipient, add_stop, describe_stop, move_stop
from logistics.routes.services.vehicles import save_vehicle

__all__ = [
    "Recipient",
    "add_stop",
    "ask_for_routes",
    "deliver_stop",
    "depart",
    "describe_stop",
    "fail_stop",
    "move_stop",
    "plan_of_day",
    "save_vehicle",
    "set_depot",
]
