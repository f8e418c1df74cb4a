"""Own delivery: vehicles, the plan of a day, each vehicle's route in it, and its stops. Times are those on the clock at the depot."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Entity, Job, Stateful
from logistics import states
from logistics.models.shipments import Shipment
from logistics.models.stock import Warehouse
from merchants.models import Merchant, TenantQuerySet


class Vehicle(Entity):
    """What a merchant delivers with: how much it carries, when it drives and what that costs."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="vehicles", editable=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    name = models.CharField(_("name"), max_length=60)
    capacity_g = models.PositiveBigIntegerField(_("carries, in grams"), null=True, blank=True)
    capacity_pieces = models.PositiveIntegerField(_("carries, in pieces"), null=True, blank=True)
    starts_at = models.TimeField(_("shift begins"), default=dt.time(8))
    ends_at = models.TimeField(_("shift ends"), default=dt.time(18))
    currency = models.CharField(max_length=3, editable=False)
    per_km_minor = models.PositiveBigIntegerField(_("cost per km"), default=0)
    per_stop_minor = models.PositiveBigIntegerField(_("cost per stop"), default=0)
    fixed_minor = models.PositiveBigIntegerField(_("cost per day in use"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="vehicle_name"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="vehicle_shift"),
        ]

    def __str__(self) -> str:
        return self.name


class RoutePlan(Stateful):
    """The own delivery of one warehouse on one day.

    `asked_at` is set while the worker should plan it, `claimed_until` while one does. `version` counts what a plan that is being made
    must not overlook; a plan made from an older one is thrown away and made anew.
    """

    TRANSITIONS = states.ROUTE_PLAN_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="route_plans")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    day = models.DateField(_("day"))
    status = models.CharField(_("status"), max_length=10, choices=states.RoutePlanStatus.choices, default=states.RoutePlanStatus.DRAFT)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    currency = models.CharField(max_length=3)
    seed = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    distance_m = models.PositiveBigIntegerField(default=0)
    distance_minor = models.BigIntegerField(default=0)
    stops_minor = models.BigIntegerField(default=0)
    vehicles_minor = models.BigIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("route plan")
        verbose_name_plural = _("route plans")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "day"], name="route_plan_once"),
            models.CheckConstraint(condition=Q(status__in=states.RoutePlanStatus.values), name="route_plan_status"),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="route_plan_asked", condition=Q(asked_at__isnull=False)),
            models.Index(fields=["merchant", "-day"], name="route_plan_day"),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse} {self.day}"

    @property
    def cost_minor(self) -> int:
        return self.distance_minor + self.stops_minor + self.vehicles_minor


class VehicleRoute(Entity):
    """What one vehicle drives on a plan's day. Once it has departed its stops stay as they are."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(RoutePlan, on_delete=models.CASCADE, related_name="routes")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="routes")
    leaves_at = models.TimeField(null=True)
    back_at = models.TimeField(null=True)
    distance_m = models.PositiveBigIntegerField(default=0)
    cost_minor = models.BigIntegerField(default=0)
    departed_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "vehicle"], name="vehicle_route_once")]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.plan_id}"


class RouteStop(Stateful):
    """A parcel to be brought to a door. Who and where is as it was when the parcel was assigned.

    `sequence` numbers the stops of a route from 1; `tour` says which of its ways out of the depot it belongs to. Without a route it is
    not planned: new, without a position, or it did not fit.
    """

    TRANSITIONS = states.ROUTE_STOP_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(RoutePlan, on_delete=models.PROTECT, related_name="stops")
    route = models.ForeignKey(VehicleRoute, on_delete=models.SET_NULL, null=True, related_name="stops")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="route_stops")
    reference = models.UUIDField(db_index=True)
    label = models.CharField(max_length=30)
    status = models.CharField(max_length=10, choices=states.RouteStopStatus.choices, default=states.RouteStopStatus.PENDING)
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    note = models.CharField(max_length=200, blank=True)
    collect_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    window_from = models.TimeField(null=True)
    window_until = models.TimeField(null=True)
    service_minutes = models.PositiveSmallIntegerField(default=5)
    weight_g = models.PositiveBigIntegerField(default=0)
    pieces = models.PositiveIntegerField(default=1)
    sequence = models.PositiveSmallIntegerField(null=True)
    tour = models.PositiveSmallIntegerField(default=1)
    arrives_at = models.TimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment"], condition=Q(status="pending"), name="route_stop_pending_once"),
            models.UniqueConstraint(fields=["plan", "shipment"], name="route_stop_once"),
            models.CheckConstraint(condition=Q(status__in=states.RouteStopStatus.values), name="route_stop_status"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="route_stop_place",
            ),
            models.CheckConstraint(
                condition=Q(window_from__isnull=True) | Q(window_until__isnull=True) | Q(window_from__lt=F("window_until")),
                name="route_stop_window",
            ),
        ]
        indexes = [models.Index(fields=["route", "sequence"], name="route_stop_sequence")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_placed(self) -> bool:
        return self.latitude is not None and self.longitude is not None
