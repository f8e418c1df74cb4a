from typing import Any

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
    carrier = serializers.CharField(max_length=60)
    tracking_number = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9 ./-]{2,59}$")
    # What is in the parcel; everything that is left to send where it is not said.
    pieces = serializers.ListField(child=PiecesSerializer(), required=False, allow_empty=False, max_length=200)


class NewEventSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=REPORTED)
    place = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
