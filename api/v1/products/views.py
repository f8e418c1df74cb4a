from typing import Any

from django.utils.translation import get_language
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.filters import OrderingFilter
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PublicView
from api.currencies import asked_conversion
from api.pagination import SignedCursorPagination
from api.v1.products.filters import ProductFilter
from api.v1.products.serializers import ProductDetailSerializer, ProductSerializer
from catalog.models import ProductCard
from catalog.selectors.bundles import bundles_of
from catalog.selectors.cards import visible_cards
from catalog.selectors.products import tiered_variants
from logistics.selectors import availability


class ProductPagination(SignedCursorPagination):
    ordering = ("-published_at", "product_id")


class ProductList(ListModelMixin, PublicView):
    """Published products, newest first."""

    serializer_class = ProductSerializer
    pagination_class = ProductPagination
    filter_backends = [DjangoFilterBackend, OrderingFilter]
    filterset_class = ProductFilter
    ordering_fields = ["published_at", "price_minor", "sold"]
    queryset = visible_cards()

    def get(self, request: Request) -> Response:
        return self.list(request)


class ProductDetail(PublicView):
    """One published product by its slug."""

    serializer_class = ProductDetailSerializer
    queryset = ProductCard.objects.none()

    def get(self, request: Request, slug: str) -> Response:
        card = get_object_or_404(visible_cards().select_related("product"), slug=slug)
        variants = tiered_variants(card.product_id, asked_conversion(request))
        left = availability([variant.pk for variant, _price, _tiers in variants])
        bundles = [variant.pk for variant, _price, _tiers in variants if variant.is_bundle]
        sets = bundles_of(bundles, get_language() or "en", asked_conversion(request))
        context: dict[str, Any] = {"request": request, "variants": variants, "availability": left, "sets": sets}
        return Response(ProductDetailSerializer(card, context=context).data)
