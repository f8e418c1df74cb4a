from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.products.serializers import MoneySerializer, money
from payments.models import Payout, PayoutStatement
from payments.payout_selectors import StatementRow


class PayoutSerializer(serializers.ModelSerializer[Payout]):
    """Money that was, or is being, paid to the merchant."""

    amount = serializers.SerializerMethodField()
    statement_number = serializers.IntegerField(source="statement.number")

    class Meta:
        model = Payout
        fields = (
            "id", "status", "amount", "destination", "failure_code", "statement", "statement_number", "created_at", "settled_at",
        )  # fmt: skip

    @extend_schema_field(MoneySerializer)
    def get_amount(self, payout: Payout) -> dict[str, Any]:
        return money(payout.amount_minor, payout.currency)


class StatementLineSerializer(serializers.Serializer[Any]):
    """One movement; amount + commission = net, positive where it is the merchant's. `order` is the id that /orders/ knows."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    order = serializers.UUIDField(allow_null=True)
    amount = MoneySerializer()
    commission = MoneySerializer()
    net = MoneySerializer()
    balance = MoneySerializer()


class StatementSerializer(serializers.ModelSerializer[PayoutStatement]):
    """A closed period: opening + the nets of its lines = closing."""

    opening = serializers.SerializerMethodField()
    closing = serializers.SerializerMethodField()
    payout = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    class Meta:
        model = PayoutStatement
        fields = ("id", "number", "currency", "period_start", "period_end", "opening", "closing", "carried", "payout", "lines")

    @extend_schema_field(MoneySerializer)
    def get_opening(self, statement: PayoutStatement) -> dict[str, Any]:
        return money(statement.opening_minor, statement.currency)

    @extend_schema_field(MoneySerializer)
    def get_closing(self, statement: PayoutStatement) -> dict[str, Any]:
        return money(statement.closing_minor, statement.currency)

    @extend_schema_field(PayoutSerializer(allow_null=True))
    def get_payout(self, statement: PayoutStatement) -> dict[str, Any] | None:
        payout = getattr(statement, "payout", None)
        return PayoutSerializer(payout).data if payout is not None else None

    @extend_schema_field(StatementLineSerializer(many=True))
    def get_lines(self, statement: PayoutStatement) -> list[dict[str, Any]]:
        rows: list[StatementRow] = self.context["rows"]
        return [_line(row, statement.currency) for row in rows]


def _line(row: StatementRow, currency: str) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "kind": row.kind,
        "order": str(row.reference) if row.reference else None,
        "amount": money(row.gross_minor, currency),
        "commission": money(row.fee_minor, currency),
        "net": money(row.net_minor, currency),
        "balance": money(row.balance_minor, currency),
    }
