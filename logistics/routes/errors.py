"""What own delivery refuses."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToPlan(DomainError):
    code = "nothing_to_plan"
    message = _("There is nothing to plan: no stop that is still to be delivered has a position.")


class NoVehicles(DomainError):
    code = "no_vehicles"
    message = _("This warehouse has no vehicle in use. Add one first.")


class DepotUnknown(DomainError):
    code = "depot_unknown"
    message = _("Say first where the vehicles start.")


class InvalidPlace(DomainError):
    code = "invalid_place"
    message = _("A position is a latitude between −90 and 90 and a longitude between −180 and 180.")
    status = 400


class InvalidWindow(DomainError):
    code = "invalid_window"
    message = _("The time window must begin before it ends.")
    status = 400


class InvalidVehicle(DomainError):
    code = "invalid_vehicle"
    message = _("A shift begins before it ends, and a vehicle carries at least something.")
    status = 400


class DayPassed(DomainError):
    code = "day_passed"
    message = _("This day is over. Choose today or a later day.")


class StopOnTheRoad(DomainError):
    code = "stop_on_the_road"
    message = _("This parcel is on the road already.")


class StopEnded(DomainError):
    code = "stop_ended"
    message = _("This parcel is delivered.")


class NotPlanned(DomainError):
    code = "not_planned"
    message = _("This route has no stops yet. Plan the day first.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say why it could not be delivered.")
    status = 400
