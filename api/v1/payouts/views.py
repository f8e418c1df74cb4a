from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import MerchantView
from api.pagination import SignedCursorPagination
from api.v1.payouts.serializers import PayoutSerializer, StatementSerializer
from payments.models import Payout, PayoutStatement
from payments.payout_selectors import payouts_of, statement_rows, statements_of
from payments.states import PayoutStatus


class PayoutFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=PayoutStatus.choices)
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Payout
        fields: list[str] = []


class PayoutPagination(SignedCursorPagination):
    ordering = "-id"


class PayoutList(ListModelMixin, MerchantView):
    """The merchant's payouts, newest first."""

    scopes = {"GET": "payouts:read"}
    serializer_class = PayoutSerializer
    queryset = Payout.objects.none()
    pagination_class = PayoutPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = PayoutFilter

    def get_queryset(self) -> QuerySet[Payout]:
        return Payout.objects.none() if getattr(self, "swagger_fake_view", False) else payouts_of(self.merchant.pk)

    def get(self, request: Request) -> Response:
        return self.list(request)


class StatementDetail(MerchantView):
    """A statement of the merchant with every line."""

    scopes = {"GET": "payouts:read"}
    serializer_class = StatementSerializer
    queryset = PayoutStatement.objects.none()

    def get(self, request: Request, pk: UUID) -> Response:
        statement = get_object_or_404(statements_of(self.merchant.pk).select_related("payout__statement"), pk=pk)
        return Response(StatementSerializer(statement, context={"rows": statement_rows(statement)}).data)
