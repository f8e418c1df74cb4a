from typing import Any
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

from api.base import MerchantView, PublicView
from api.pagination import SignedCursorPagination
from api.schema import IDEMPOTENCY_KEY
from api.v1.reviews.serializers import OwnReviewSerializer, ReplySerializer, ReviewSerializer
from api.writes import idempotent
from catalog.models import Review
from catalog.selectors.cards import visible_cards
from catalog.selectors.reviews import reviews_with_all
from catalog.services.review_answers import reply_to_review


class ReviewPagination(SignedCursorPagination):
    ordering = ("-created_at", "-id")


class ReviewFilter(django_filters.FilterSet):
    stars = django_filters.NumberFilter(min_value=1, max_value=5)

    class Meta:
        model = Review
        fields: list[str] = []


class OwnReviewFilter(ReviewFilter):
    unanswered = django_filters.BooleanFilter(field_name="replied_at", lookup_expr="isnull", label="Without a reply of the shop")
    max_stars = django_filters.NumberFilter(field_name="stars", lookup_expr="lte", min_value=1, max_value=5)


class ProductReviewList(ListModelMixin, PublicView):
    """The visible reviews of a published product, newest first."""

    serializer_class = ReviewSerializer
    pagination_class = ReviewPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = ReviewFilter
    queryset = Review.objects.none()

    def get_queryset(self) -> QuerySet[Review]:
        if getattr(self, "swagger_fake_view", False):
            return Review.objects.none()
        card = get_object_or_404(visible_cards(), slug=self.kwargs["slug"])
        return reviews_with_all().filter(product_id=card.product_id)

    def get(self, request: Request, slug: str) -> Response:
        return self.list(request)


class OwnReviewView(MerchantView):
    serializer_class: Any = OwnReviewSerializer
    queryset = Review.objects.none()

    def get_queryset(self) -> QuerySet[Review]:
        if getattr(self, "swagger_fake_view", False):
            return Review.objects.none()
        return reviews_with_all().filter(product__merchant=self.merchant).select_related("product", "addition")


class ReviewList(ListModelMixin, OwnReviewView):
    """The visible reviews of the merchant's products, newest first."""

    scopes = {"GET": "reviews:read"}
    pagination_class = ReviewPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = OwnReviewFilter

    def get(self, request: Request) -> Response:
        return self.list(request)


@extend_schema(request=ReplySerializer, responses=OwnReviewSerializer, parameters=[IDEMPOTENCY_KEY])
class ReviewReply(OwnReviewView):
    """Reply to a review of one of the merchant's products."""

    scopes = {"POST": "reviews:write"}

    def post(self, request: Request, pk: UUID) -> Response:
        review = get_object_or_404(self.get_queryset(), pk=pk)
        data = ReplySerializer(data=request.data)
        data.is_valid(raise_exception=True)

        def write() -> tuple[int, Any]:
            reply_to_review(review_id=review.pk, merchant_id=self.merchant.pk, text=data.validated_data["text"], at=timezone.now())
            return 200, OwnReviewSerializer(get_object_or_404(self.get_queryset(), pk=pk)).data

        return idempotent(request, self.client, write)
