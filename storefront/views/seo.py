"""What search engines read first."""

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Category, ProductCard
from merchants.models import Merchant
from storefront.page_cache import PUBLIC, shared_page

PRIVATE_PATHS = (
    *("/account/", "/cart/", "/checkout/", "/orders/", "/pay/", "/sandbox/", "/search/"),
    *("/wishlist/", "/compare/", "/recent/", "/alerts/", "/mine/"),
    *("/sign-", "/language/", "/theme/", "/merchant/", "/admin/", "/dev/"),
)


class OfThisSite(Sitemap):  # type: ignore[type-arg]  # generic only for the type checker
    """Addresses come from SITE_URL, never from the Host header of whoever asks first."""

    def get_domain(self, site: Any = None) -> str:
        return settings.SITE_URL.split("://", 1)[1]

    def get_protocol(self, protocol: str | None = None) -> str:
        return settings.SITE_URL.split("://", 1)[0]


class Products(OfThisSite):
    limit = 10_000

    def items(self) -> Any:
        return ProductCard.objects.filter(is_visible=True).order_by("product_id").only("product_id", "slug")

    def location(self, item: ProductCard) -> str:
        return reverse("product", args=[item.slug])


class Categories(OfThisSite):
    def items(self) -> Any:
        return Category.objects.order_by("path").only("slug")

    def location(self, item: Category) -> str:
        return reverse("category", args=[item.slug])


class Shops(OfThisSite):
    def items(self) -> Any:
        return Merchant.objects.filter(status=Merchant.Status.ACTIVE).order_by("pk").only("slug")

    def location(self, item: Merchant) -> str:
        return reverse("shop", args=[item.slug])


class Pages(OfThisSite):
    def items(self) -> list[str]:
        return ["home", "categories", "help"]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS: dict[str, Any] = {"pages": Pages, "categories": Categories, "shops": Shops, "products": Products}


@require_safe
def sitemap(request: HttpRequest, section: str | None = None) -> HttpResponse:
    """The index, or one section of it in parts of ten thousand."""
    answer = sitemap_views.sitemap(request, SITEMAPS, section=section) if section else _index(request)
    answer["Cache-Control"] = PUBLIC
    return answer


def _index(request: HttpRequest) -> HttpResponse:
    # Django's own index takes the host from the request.
    parts = [(name, page) for name, made in SITEMAPS.items() for page in range(1, made().paginator.num_pages + 1)]
    entries = [
        {"location": settings.SITE_URL + reverse("sitemap-section", args=[name]) + (f"?p={page}" if page > 1 else "")}
        for name, page in parts
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": entries}, content_type="application/xml")


@shared_page()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS), "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
