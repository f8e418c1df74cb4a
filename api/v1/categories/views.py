from typing import Any

from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PublicView
from api.pagination import SignedCursorPagination
from catalog.models import Category


class CategorySerializer(serializers.ModelSerializer[Category]):
    name = serializers.SerializerMethodField()
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF calls a field's serializer its parent too

    class Meta:
        model = Category
        fields = ("slug", "name", "parent", "depth")

    def get_name(self, category: Category) -> str:
        return category.text("name")

    def get_parent(self, category: Category) -> str | None:
        slugs: dict[str, str] = self.context["slugs"]
        return slugs.get(category.path[: -Category.steplen])


def _parents() -> dict[str, Any]:
    return {"slugs": dict(Category.objects.filter(numchild__gt=0).values_list("path", "slug"))}


class CategoryPagination(SignedCursorPagination):
    ordering = "path"
    page_size = 100


class CategoryList(ListModelMixin, PublicView):
    """The whole category tree in depth-first order."""

    serializer_class = CategorySerializer
    pagination_class = CategoryPagination
    queryset = Category.objects.all()

    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_serializer_context(self) -> dict[str, Any]:
        """The names of all parents by path: a tree has some thousand nodes at most and one statement reads them."""
        return {**super().get_serializer_context(), **_parents()}


class CategoryDetail(PublicView):
    """One category by its slug."""

    serializer_class = CategorySerializer
    queryset = Category.objects.none()

    def get(self, request: Request, slug: str) -> Response:
        return Response(CategorySerializer(get_object_or_404(Category, slug=slug), context=_parents()).data)
