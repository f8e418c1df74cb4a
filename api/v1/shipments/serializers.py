from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from logistics.models import CarrierBooking, Shipment, ShipmentEvent
from logistics.states import ShipmentStatus

REPORTED = [choice for choice in ShipmentStatus.choices if choice[0] not in {"planned", "packed", "handed_over"}]
FOLLOWED_BY = [("manual", "By hand"), *CarrierBooking.Gateway.choices]


class ShipmentEventSerializer(serializers.ModelSerializer[ShipmentEvent]):
    class Meta:
        model = ShipmentEvent
        fields = ("code", "place", "note", "at")


class ShipmentSerializer(serializers.ModelSerializer[Shipment]):
    order = serializers.UUIDField(source="reference")
    warehouse = serializers.CharField(source="warehouse.code")
    carrier_account = serializers.CharField(source="booking.account.code", default=None, allow_null=True)
    followed_by = serializers.ChoiceField(choices=FOLLOWED_BY)
    tracking_url = serializers.CharField(source="tracking_link")
    events = ShipmentEventSerializer(many=True)

    class Meta:
        model = Shipment
        fields = (
            "id",
            "order",
            "warehouse",
            "direction",
            "status",
            "carrier",
            "carrier_account",
            "followed_by",
            "tracking_number",
            "tracking_url",
            "shipped_at",
            "delivered_at",
            "events",
        )


class PiecesSerializer(serializers.Serializer[Any]):
    """So many pieces of an article of the order."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=1_000_000)


class NewShipmentSerializer(serializers.Serializer[Any]):
    carrier = serializers.CharField(max_length=60, required=False)
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9 ./-]{2,59}$", required=False)
    # "simulated" for the built-in carrier, or the key of one of the merchant's carriers; by hand where it is not said.
    way = serializers.CharField(max_length=36, required=False)
    # What is in the parcel; everything that is left to send where it is not said.
    pieces = serializers.ListField(child=PiecesSerializer(), required=False, allow_empty=False, max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """By hand a parcel has a carrier's name and a number; which of the others need a number the carrier knows."""
        if "way" not in attrs:
            missing = {name: [_("This field is required.")] for name in ("carrier", "tracking_number") if name not in attrs}
            if missing:
                raise serializers.ValidationError(missing)
        return attrs


class NewEventSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=REPORTED)
    place = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
