from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.products.serializers import MoneySerializer, money
from orders.models import MerchantOrder, OrderBundle, OrderLine
from orders.states import PickupStatus


class OrderBundleSerializer(serializers.ModelSerializer[OrderBundle]):
    """A set of an order; all lines that name its number are its parts, at shares of its price."""

    total = serializers.SerializerMethodField()

    class Meta:
        model = OrderBundle
        fields = ("number", "sku", "title", "options", "quantity", "price_minor", "total")

    @extend_schema_field(MoneySerializer)
    def get_total(self, bundle: OrderBundle) -> dict[str, Any]:
        return money(bundle.total_minor, bundle.currency)


class AnswerSerializer(serializers.Serializer[Any]):
    """What the buyer wants on it, beside the label it was asked for with."""

    asked = serializers.CharField(source="label")
    asked_zh = serializers.CharField(source="label_zh", allow_blank=True)
    text = serializers.CharField()


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    total = serializers.SerializerMethodField()
    price_list = serializers.UUIDField(source="price_list_id", allow_null=True, read_only=True)
    personalisation = AnswerSerializer(source="answers", many=True, read_only=True)
    bundle = OrderBundleSerializer(allow_null=True)

    class Meta:
        model = OrderLine
        fields = (
            "id", "sku", "title", "options", "quantity", "price_minor", "total", "bundle", "is_digital", "personalisation", "price_list",
            "price_list_version", "ordinary_minor",
        )  # fmt: skip

    @extend_schema_field(MoneySerializer)
    def get_total(self, line: OrderLine) -> dict[str, Any]:
        return money(line.total_minor, line.order.currency)


class DeliverySerializer(serializers.Serializer[Any]):
    """Where the parcel goes."""

    name = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    postcode = serializers.CharField()
    country = serializers.CharField()


class BoughtForSerializer(serializers.Serializer[Any]):
    """The company it was bought for and the company's own number for the purchase; empty texts for anybody else's purchase."""

    name = serializers.CharField(source="company_name")
    tax_number = serializers.CharField(source="company_tax_number")
    purchase_number = serializers.CharField()


class WaySerializer(serializers.Serializer[Any]):
    """How it reaches the shopper: `sent`, `slot` (brought on `day` within `hours`) or `pickup` (in the store with this code).

    `pickup_status` is waiting (to be put aside), ready, collected, missed or cancelled. What is picked up is not shipped by this API.
    """

    way = serializers.ChoiceField(choices=["sent", "slot", "pickup"])
    store = serializers.CharField(allow_null=True)
    pickup_status = serializers.ChoiceField(choices=PickupStatus.choices, allow_null=True)
    day = serializers.DateField(allow_null=True)
    hours = serializers.CharField(allow_null=True)


class OrderSerializer(serializers.ModelSerializer[MerchantOrder]):
    goods = serializers.SerializerMethodField()
    shipping = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    commission = serializers.SerializerMethodField()
    deliver_to = DeliverySerializer(source="checkout")
    company = BoughtForSerializer(source="checkout")
    delivery = serializers.SerializerMethodField()
    lines = OrderLineSerializer(many=True)

    class Meta:
        model = MerchantOrder
        fields = (
            "id", "number", "status", "goods", "shipping", "total", "commission", "deliver_to", "delivery", "company", "lines",
            "placed_at", "paid_at", "ship_by", "part_shipped_at", "shipped_at", "delivered_at", "completed_at",
        )  # fmt: skip

    @extend_schema_field(WaySerializer)
    def get_delivery(self, order: MerchantOrder) -> dict[str, Any]:
        said: dict[str, Any] = {"way": "sent", "store": None, "pickup_status": None, "day": None, "hours": None}
        if order.pickup_from is not None:
            return {**said, "way": "pickup", "store": order.pickup_from.code, "pickup_status": order.pickup.status}
        if order.slot_day is not None:
            return {**said, "way": "slot", "day": order.slot_day.day.isoformat(), "hours": order.slot_day.span}
        return said

    @extend_schema_field(MoneySerializer)
    def get_goods(self, order: MerchantOrder) -> dict[str, Any]:
        return money(order.goods_minor, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_shipping(self, order: MerchantOrder) -> dict[str, Any]:
        return money(order.shipping_minor, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_total(self, order: MerchantOrder) -> dict[str, Any]:
        return money(order.total_minor, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_commission(self, order: MerchantOrder) -> dict[str, Any]:
        return money(order.commission_minor, order.currency)
