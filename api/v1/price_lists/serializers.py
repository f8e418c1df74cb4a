from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import PriceList
from catalog.rules.quantities import MOST_PIECES, MOST_TIERS
from catalog.services.price_lists import MAX_PRICE_MINOR, MOST_ROWS


class PriceListSerializer(serializers.ModelSerializer[PriceList]):
    class Meta:
        model = PriceList
        fields = ("id", "name", "currency", "valid_from", "valid_until", "is_active", "version")


class NewPriceListSerializer(serializers.Serializer[Any]):
    """A list without prices; days are both included."""

    name = serializers.CharField(max_length=80)
    currency = serializers.CharField(max_length=3)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_until = serializers.DateField(required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False, default=True)


class StepSerializer(serializers.Serializer[Any]):
    """From so many pieces on, each costs so much, in minor units of the list's currency."""

    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES)
    price_minor = serializers.IntegerField(min_value=1, max_value=MAX_PRICE_MINOR)


class RowSerializer(serializers.Serializer[Any]):
    """A variant's prices. `least` is how many have to be bought at once; 0 leaves it at what everybody has to buy."""

    sku = serializers.CharField(max_length=64)
    least = serializers.IntegerField(min_value=0, max_value=MOST_PIECES, required=False, default=0)
    steps = serializers.ListField(child=StepSerializer(), min_length=1, max_length=MOST_TIERS)


class RowsSerializer(serializers.Serializer[Any]):
    """All rows of a list: what is not among them goes."""

    rows = serializers.ListField(child=RowSerializer(), max_length=MOST_ROWS)


class PriceListWithRowsSerializer(PriceListSerializer):
    rows = serializers.SerializerMethodField()

    class Meta(PriceListSerializer.Meta):
        fields = (*PriceListSerializer.Meta.fields, "rows")  # type: ignore[assignment]

    @extend_schema_field(RowSerializer(many=True))
    def get_rows(self, price_list: PriceList) -> list[dict[str, Any]]:
        rows = price_list.rows.select_related("variant").order_by("variant__sku")
        return [
            {
                "sku": row.variant.sku,
                "least": row.least,
                "steps": [{"quantity": quantity, "price_minor": minor} for quantity, minor in row.steps],
            }
            for row in rows
        ]
