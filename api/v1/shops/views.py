from django.conf import settings
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PublicView
from api.pagination import SignedCursorPagination
from merchants.models import Merchant


class ShopSerializer(serializers.ModelSerializer[Merchant]):
    name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Merchant
        fields = ("slug", "name", "description", "kind", "city", "country", "opening_hours", "url")

    def get_name(self, shop: Merchant) -> str:
        return shop.text("name")

    def get_description(self, shop: Merchant) -> str:
        return shop.text("description")

    def get_url(self, shop: Merchant) -> str:
        return f"{settings.SITE_URL}/s/{shop.slug}/"


class ShopPagination(SignedCursorPagination):
    ordering = "slug"


class ShopList(ListModelMixin, PublicView):
    """All shops that sell at the moment."""

    serializer_class = ShopSerializer
    pagination_class = ShopPagination
    queryset = Merchant.objects.filter(status=Merchant.Status.ACTIVE)

    def get(self, request: Request) -> Response:
        return self.list(request)


class ShopDetail(PublicView):
    """One shop by its slug."""

    serializer_class = ShopSerializer
    queryset = Merchant.objects.none()

    def get(self, request: Request, slug: str) -> Response:
        return Response(ShopSerializer(get_object_or_404(Merchant, slug=slug, status=Merchant.Status.ACTIVE)).data)
