from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.products.serializers import MoneySerializer, money
from orders.models import MerchantOrder, OrderBundle, OrderLine


class OrderBundleSerializer(serializers.ModelSerializer[OrderBundle]):
    """A set of an order; all lines that name its number are its parts, at shares of its price."""

    total = serializers.SerializerMethodField()

    class Meta:
        model = OrderBundle
        fields = ("number", "sku", "title", "options", "quantity", "price_minor", "total")

    @extend_schema_field(MoneySerializer)
    def get_total(self, bundle: OrderBundle) -> dict[str, Any]:
        return money(bundle.total_minor, bundle.currency)


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    total = serializers.SerializerMethodField()
    bundle = OrderBundleSerializer(allow_null=True)

    class Meta:
        model = OrderLine
        fields = ("id", "sku", "title", "options", "quantity", "price_minor", "total", "bundle")

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


class OrderSerializer(serializers.ModelSerializer[MerchantOrder]):
    goods = serializers.SerializerMethodField()
    shipping = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    commission = serializers.SerializerMethodField()
    deliver_to = DeliverySerializer(source="checkout")
    lines = OrderLineSerializer(many=True)

    class Meta:
        model = MerchantOrder
        fields = (
            "id", "number", "status", "goods", "shipping", "total", "commission", "deliver_to", "lines",
            "placed_at", "paid_at", "ship_by", "shipped_at", "delivered_at", "completed_at",
        )  # fmt: skip

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
