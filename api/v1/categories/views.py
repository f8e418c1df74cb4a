from typing import Any

from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PublicView
from catalog.models import Category


class CategorySerializer(serializers.ModelSerializer[Category]):
    name = serializers.SerializerMethodField()
    parent = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = ("slug", "name", "parent", "depth")

    def get_name(self, category: Category) -> str:
        return category.text("name")

    def get_parent(self, category: Category) -> str | None:
        slugs: dict[str, str] = self.context["slugs"]
        return slugs.get(category.path[: -Category.steplen])


def _context(categories: list[Category]) -> dict[str, Any]:
    parents = {category.path[: -Category.steplen] for category in categories}
    return {"slugs": dict(Category.objects.filter(path__in=parents).values_list("path", "slug"))}


class CategoryList(PublicView):
    """The whole category tree in depth-first order."""

    serializer_class = CategorySerializer
    queryset = Category.objects.none()

    def get(self, request: Request) -> Response:
        categories = list(Category.objects.order_by("path"))
        return Response({"results": CategorySerializer(categories, many=True, context=_context(categories)).data})


class CategoryDetail(PublicView):
    """One category by its slug."""

    serializer_class = CategorySerializer
    queryset = Category.objects.none()

    def get(self, request: Request, slug: str) -> Response:
        category = get_object_or_404(Category, slug=slug)
        return Response(CategorySerializer(category, context=_context([category])).data)
