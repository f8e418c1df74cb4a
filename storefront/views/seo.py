"""What search engines read first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from catalog.models import Category
from catalog.selectors import picture_url
from catalog.selectors.brands import with_goods
from catalog.selectors.cards import visible_cards
from merchants.models import Merchant
from storefront.languages import address_in
from storefront.page_cache import PUBLIC, shared_page
from storefront.preferences import HTML_LANGUAGES

LIMIT = 10_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
XHTML = "http://www.w3.org/1999/xhtml"
PAGES = ("home", "categories", "brands", "help", "sell")
SECTIONS = ("pages", "categories", "brands", "shops", "products")
PRIVATE_PATHS = (
    *("/account/", "/cart/", "/checkout/", "/orders/", "/pay/", "/sandbox/", "/search/"),
    *("/wishlist/", "/compare/", "/recent/", "/alerts/", "/mine/", "/sell/apply/"),
    *("/sign-", "/language/", "/theme/", "/merchant/", "/admin/", "/dev/"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    changed_at: dt.datetime | None = None
    picture: str = ""


class Sitemaps:
    """The sections of the sitemap; each yields paths with when they changed and, for products, the picture they show."""

    @staticmethod
    def pages(start: int) -> Iterator[Entry]:
        yield from (Entry(reverse(name)) for name in PAGES)

    @staticmethod
    def categories(start: int) -> Iterator[Entry]:
        rows = Category.objects.order_by("path").values_list("slug", flat=True)[start : start + LIMIT]
        yield from (Entry(reverse("category", args=[slug])) for slug in rows)

    @staticmethod
    def brands(start: int) -> Iterator[Entry]:
        rows = with_goods().order_by("pk").values_list("slug", flat=True)[start : start + LIMIT]
        yield from (Entry(reverse("brand", args=[slug])) for slug in rows)

    @staticmethod
    def shops(start: int) -> Iterator[Entry]:
        rows = Merchant.objects.filter(status=Merchant.Status.ACTIVE).order_by("pk").values_list("slug", flat=True)
        yield from (Entry(reverse("shop", args=[slug])) for slug in rows[start : start + LIMIT])

    @staticmethod
    def products(start: int) -> Iterator[Entry]:
        rows = visible_cards().order_by("product_id")[start : start + LIMIT]
        found = rows.values_list("slug", "changed_at", "published_at", "picture", "picture_widths", "picture_formats")
        before, after = reverse("product", args=["-"]).split("-")
        for slug, changed_at, published_at, prefix, widths, formats in found:
            picture = settings.SITE_URL + picture_url(prefix, max(widths), _shown_kind(formats)) if prefix and widths and formats else ""
            yield Entry(f"{before}{slug}{after}", changed_at or published_at, picture)


def _shown_kind(formats: Sequence[str]) -> str:
    return "jpg" if "jpg" in formats else formats[0]


def _sizes() -> dict[str, int]:
    """How many entries each section has; four statements however many there are."""
    return {
        "pages": len(PAGES),
        "categories": Category.objects.count(),
        "brands": with_goods().count(),
        "shops": Merchant.objects.filter(status=Merchant.Status.ACTIVE).count(),
        "products": visible_cards().count(),
    }


@require_safe
def sitemap(request: HttpRequest, section: str | None = None) -> HttpResponseBase:
    """The index, or one section of it in parts of ten thousand, written while it is read. Addresses begin with SITE_URL, not with Host."""
    if section is None:
        return _xml(_index())
    part = request.GET.get("p", "1")
    entries = getattr(Sitemaps, section, None) if section in SECTIONS else None
    if entries is None or not (part.isascii() and part.isdecimal() and len(part) < 6 and int(part) >= 1):
        raise Http404
    found = entries((int(part) - 1) * LIMIT)
    first = next(found, None)
    if first is None and int(part) > 1:
        raise Http404
    return _xml(_section(chain([first] if first else [], found)))


def _xml(lines: Iterator[str]) -> HttpResponseBase:
    answer = StreamingHttpResponse((line.encode() for line in lines), content_type="application/xml")
    answer["Cache-Control"] = PUBLIC
    return answer


def _index() -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{SITEMAP}">\n'
    for name, size in _sizes().items():
        for part in range(1, -(-size // LIMIT) + 1):
            address = settings.SITE_URL + reverse("sitemap-section", args=[name]) + (f"?p={part}" if part > 1 else "")
            yield f"<sitemap><loc>{escape(address)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def _section(entries: Iterable[Entry]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{SITEMAP}" xmlns:image="{IMAGE}" xmlns:xhtml="{XHTML}">\n'
    for batch in _batches(iter(entries), 500):
        yield "".join(_url(entry) for entry in batch)
    yield "</urlset>\n"


def _batches(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, size)):
        yield batch


def _url(entry: Entry) -> str:
    addresses = [(HTML_LANGUAGES[code], address_in(entry.path, code)) for code, _name in settings.LANGUAGES]
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(address)}"/>' for code, address in addresses)
    changed = f"<lastmod>{entry.changed_at.isoformat(timespec='seconds')}</lastmod>" if entry.changed_at else ""
    image = f"<image:image><image:loc>{escape(entry.picture)}</image:loc></image:image>" if entry.picture else ""
    return "".join(f"<url><loc>{escape(address)}</loc>{changed}{links}{image}</url>\n" for _code, address in addresses)


@shared_page()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS), "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
