from abc import ABC, abstractmethod
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api.base import MerchantView
from api.pagination import SignedCursorPagination
from api.schema import IDEMPOTENCY_KEY
from api.v1.cases.serializers import (
    ApprovalSerializer,
    CaseMessageSerializer,
    CaseSerializer,
    OfferSerializer,
    ReceiptSerializer,
    RefusalSerializer,
)
from api.v1.shipments.serializers import NewShipmentSerializer
from api.writes import idempotent
from orders.models import AfterSalesCase
from orders.selectors.cases import MERCHANTS_TURN, cases_of
from orders.services.cases import answers, receiving, sending, statements
from orders.services.cases.receiving import Count
from orders.states import CaseKind, CaseStatus


class CaseFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=CaseStatus.choices)
    kind = django_filters.ChoiceFilter(choices=CaseKind.choices)
    waiting = django_filters.BooleanFilter(method="mine", label="Waits for the merchant")
    opened_after = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")

    class Meta:
        model = AfterSalesCase
        fields: list[str] = []

    def mine(self, cases: QuerySet[AfterSalesCase], name: str, value: bool) -> QuerySet[AfterSalesCase]:
        return cases.filter(status__in=MERCHANTS_TURN) if value else cases.exclude(status__in=MERCHANTS_TURN)


class CasePagination(SignedCursorPagination):
    ordering = "-id"


class CaseView(MerchantView):
    serializer_class = CaseSerializer
    queryset = AfterSalesCase.objects.none()

    def get_queryset(self) -> QuerySet[AfterSalesCase]:
        if getattr(self, "swagger_fake_view", False):
            return AfterSalesCase.objects.none()
        return cases_of(self.merchant)


class CaseList(ListModelMixin, CaseView):
    """The merchant's after-sales cases, newest first."""

    scopes = {"GET": "returns:read"}
    pagination_class = CasePagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = CaseFilter

    def get(self, request: Request) -> Response:
        return self.list(request)


class CaseDetail(CaseView):
    """One case of the merchant."""

    scopes = {"GET": "returns:read"}

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(CaseSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


class CaseStep(CaseView, ABC):
    """Base of what a merchant does in a case: parse, one service, the case as it stands then."""

    scopes = {"POST": "returns:write"}
    body: ClassVar[type[Serializer[Any]]]

    @abstractmethod
    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        """The service behind this step."""

    def post(self, request: Request, pk: UUID) -> Response:
        case = get_object_or_404(self.get_queryset(), pk=pk)
        data = self.body(data=request.data)
        data.is_valid(raise_exception=True)

        def write() -> tuple[int, Any]:
            self.act(case, data.validated_data, actor=self.client.actor, at=timezone.now(), merchant_id=self.merchant.pk)
            return 200, CaseSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data

        return idempotent(request, self.client, write)


@extend_schema(request=ApprovalSerializer, responses=CaseSerializer, parameters=[IDEMPOTENCY_KEY])
class CaseApproval(CaseStep):
    """Agree to what the shopper asked for."""

    body = ApprovalSerializer

    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        return answers.approve(case_id=case.pk, **values, **who)


@extend_schema(request=RefusalSerializer, responses=CaseSerializer, parameters=[IDEMPOTENCY_KEY])
class CaseRefusal(CaseStep):
    """Say no, with a reason the shopper reads."""

    body = RefusalSerializer

    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        return answers.refuse(case_id=case.pk, **values, **who)


@extend_schema(request=OfferSerializer, responses=CaseSerializer, parameters=[IDEMPOTENCY_KEY])
class CaseOffer(CaseStep):
    """Offer another amount than was asked."""

    body = OfferSerializer

    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        return answers.offer(case_id=case.pk, **values, **who)


@extend_schema(request=ReceiptSerializer, responses=CaseSerializer, parameters=[IDEMPOTENCY_KEY])
class CaseReceipt(CaseStep):
    """Count and grade what came back; a complete return is refunded at once."""

    body = ReceiptSerializer

    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        counts = [Count(row["line"], row["received"], row["grade"], row["restock"]) for row in values["counts"]]
        return receiving.receive(case_id=case.pk, counts=counts, deduction_minor=values["deduction_minor"], reason=values["reason"], **who)


@extend_schema(request=NewShipmentSerializer, responses=CaseSerializer, parameters=[IDEMPOTENCY_KEY])
class CaseShipment(CaseStep):
    """Send the replacement or the repaired goods to the shopper."""

    body = NewShipmentSerializer

    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        return sending.send_replacement(case_id=case.pk, **values, **who)


@extend_schema(request=CaseMessageSerializer, responses=CaseSerializer, parameters=[IDEMPOTENCY_KEY])
class CaseMessages(CaseStep):
    """Write to the shopper; in a dispute this is evidence."""

    body = CaseMessageSerializer

    def act(self, case: AfterSalesCase, values: dict[str, Any], **who: Any) -> object:
        return statements.write_message(case_id=case.pk, text=values["text"], **who)
