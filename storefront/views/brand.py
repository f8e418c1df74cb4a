from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from pypinyin import Style, lazy_pinyin

from catalog.selectors.brands import BrandLink, brand_by_slug, brands_on_sale
from storefront.forms.listing import PARAMETERS
from storefront.listing import listing_page
from storefront.page_cache import shared_page


@shared_page(*PARAMETERS)
@require_safe
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """The goods of one brand, of whatever merchants."""
    row = brand_by_slug(slug)
    return listing_page(request, "storefront/brand.html", {"name": row.text("name")}, brand=row.name)


@shared_page()
@require_safe
def brands(request: HttpRequest) -> HttpResponse:
    """All brands that have something on sale, by their first letters."""
    found = sorted(brands_on_sale(get_language() or "en"), key=lambda link: (_letter(link), link.name.casefold()))
    letters = [(letter, list(links)) for letter, links in groupby(found, key=_letter)]
    return render(request, "storefront/brands.html", {"letters": letters})


def _letter(link: BrandLink) -> str:
    """The letter a name is looked for under; Chinese names by their pinyin."""
    first = lazy_pinyin(link.name[:1], style=Style.FIRST_LETTER)[0][:1].upper()
    return first if first.isalpha() and first.isascii() else "#"
