from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.products.serializers import MoneySerializer, money
from orders.models import AfterSalesCase, CaseLine
from orders.states import Grade

MOST_MINOR = 10**12


class CaseLineSerializer(serializers.ModelSerializer[CaseLine]):
    """`order_line` is the id in the order's `lines`; `wanted_sku` what an exchange should bring instead."""

    sku = serializers.CharField(source="order_line.sku")
    title = serializers.CharField(source="order_line.title")
    order_line = serializers.UUIDField(source="order_line_id")
    wanted_sku = serializers.CharField(source="wanted_variant.sku", default=None, allow_null=True)

    class Meta:
        model = CaseLine
        fields = (
            "id", "order_line", "sku", "title", "quantity", "asked_minor", "wanted_sku", "received_quantity", "grade", "restocked_quantity",
        )  # fmt: skip


class CaseSerializer(serializers.ModelSerializer[AfterSalesCase]):
    """An after-sales case. While it waits for somebody, `due_at` says until when."""

    order = serializers.UUIDField(source="order_id")
    asked = serializers.SerializerMethodField()
    agreed = serializers.SerializerMethodField()
    refunded = serializers.SerializerMethodField()
    lines = CaseLineSerializer(many=True)

    class Meta:
        model = AfterSalesCase
        fields = (
            "id", "number", "order", "kind", "reason", "status", "asked", "agreed", "refunded", "return_to", "lines",
            "opened_at", "due_at", "received_at", "closed_at",
        )  # fmt: skip

    @extend_schema_field(MoneySerializer)
    def get_asked(self, case: AfterSalesCase) -> dict[str, Any]:
        return money(case.asked_minor, case.currency)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_agreed(self, case: AfterSalesCase) -> dict[str, Any] | None:
        return None if case.agreed_minor is None else money(case.agreed_minor, case.currency)

    @extend_schema_field(MoneySerializer)
    def get_refunded(self, case: AfterSalesCase) -> dict[str, Any]:
        return money(case.refunded_minor, case.currency)


class ApprovalSerializer(serializers.Serializer[Any]):
    keeps_goods = serializers.BooleanField(default=False, help_text="Of a return: the shopper keeps the goods and is refunded at once.")
    return_to = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class RefusalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class OfferSerializer(serializers.Serializer[Any]):
    amount_minor = serializers.IntegerField(min_value=1, max_value=MOST_MINOR)
    reason = serializers.CharField(max_length=2000)


class CountSerializer(serializers.Serializer[Any]):
    """`line` is the id of the case's line; `restock` how many pieces of grade A go back on sale."""

    line = serializers.UUIDField()
    received = serializers.IntegerField(min_value=0, max_value=1_000_000)
    grade = serializers.ChoiceField(choices=Grade.choices)
    restock = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)


class ReceiptSerializer(serializers.Serializer[Any]):
    counts = CountSerializer(many=True)
    deduction_minor = serializers.IntegerField(min_value=0, max_value=MOST_MINOR, default=0)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class CaseMessageSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)
