import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.errors import ProductNotFound
from catalog.models import Product, ProductCard, Variant
from catalog.selectors import Card, PriceHistory, ProductDetail, price_histories, product_detail
from catalog.selectors.digital import files_offered
from catalog.selectors.products import PictureView, traded
from catalog.selectors.questions import first_questions
from catalog.selectors.reviews import Wish
from catalog.selectors.slugs import product_slug_after
from catalog.selectors.trade import Rows, listed_of_product
from core.compiled import compiled
from core.errors import DomainError
from core.exchange.rules import own
from logistics.rules import delivery_promise, promise_ends
from logistics.selectors import availability, offers_of
from merchants.errors import ShopGone
from merchants.models import Merchant
from merchants.selectors import holiday_now
from orders.errors import VariantNotFound
from recommend.selectors import bought_with
from storefront import structured
from storefront.currencies import current
from storefront.fragments import template_mark
from storefront.languages import PARAMETER
from storefront.moves import moved
from storefront.page_cache import PRIVATE
from storefront.personalising import asked_on_page, typed_answers
from storefront.picker import Picker
from storefront.preferences import come_back_to
from storefront.review_block import blank_votes, block_of, filled_votes, wish_of, with_votes
from storefront.shell import blanks, pattern_of
from storefront.templatetags.storefront import delivery_text
from storefront.traders import trader_of

SIMILAR = 10
SIMILAR_SECONDS = 300
NO_CACHE = "private, no-cache"
DRAWN_SECONDS = 60
BODY = "storefront/components/product_body.html"
ON_SALE = Variant.objects.filter(product_id=OuterRef("product_id"), is_active=True).order_by("pk").values("pk")


@dataclass(frozen=True)
class DrawnProduct:
    """A product's page but for its frame and its form token, as it lies in the cache."""

    title: str
    description: str
    has_options: bool
    pattern: str
    lead: PictureView | None
    merchant_name: str
    ld: SafeString
    reviews: tuple[uuid.UUID, ...] = ()


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product: picture, decision, merchant, details, reviews, what goes with it. A former address leads to the present one."""
    try:
        return _product(request, slug)
    except ProductNotFound:
        if (away := _away(request, slug)) is not None:
            return away
        if not (present := product_slug_after(slug)):
            raise
        return moved(request, "product", present)


def _away(request: HttpRequest, slug: str) -> HttpResponse | None:
    """The page of goods whose shop is on holiday; None for any other that is not on sale. Raises ShopGone where the shop has closed."""
    goods = Product.objects.select_related("merchant").filter(slug=slug[:120], status=Product.Status.PUBLISHED)
    row = None if "\x00" in slug else goods.first()
    if row is None or row.merchant.status not in {Merchant.Status.HOLIDAY, Merchant.Status.CLOSED}:
        return None
    if row.merchant.is_closed:
        raise ShopGone(shop=row.merchant.text("name"))
    context = {"product": row, "merchant": row.merchant, "holiday": holiday_now(row.merchant)}
    return render(request, "storefront/product_away.html", context)


def _product(request: HttpRequest, slug: str) -> HttpResponse:
    asked = request.GET.get("v", "")
    listed = listed_of_product(slug, trader_of(request), current())
    if listed or not request.GET.keys() <= {"v", PARAMETER}:
        return _page(request, slug, asked=asked, wish=replace(wish_of(request.GET), page=1), listed=listed)
    key, left = _key(slug, asked)
    drawn: DrawnProduct | None = cache.get(key) if key else None
    if drawn is None:
        detail, picker = _chosen(slug, asked, left)
        if asked and str(picker.chosen.id) != asked:
            return _answer(request, _drawn(detail, picker, refusal=VariantNotFound()), VariantNotFound.status)
        drawn = _drawn(detail, picker)
        cache.set(key, drawn, DRAWN_SECONDS)
    return _answer(request, drawn)


def _key(slug: str, asked: str) -> tuple[str, dict[uuid.UUID, int]]:
    """Changes with the product, its card and what is left of its variants, which is returned too; empty for no such product.

    Delivery cost and reviews' texts are not in it: they may be as old as DRAWN_SECONDS.
    """
    found = _versions(slug[:200]) if "\x00" not in slug else []
    if not found:
        return "", {}
    product_id, version, card_version, variants = found[0]
    left = availability(variants)
    parts = [
        product_id,
        version,
        card_version,
        [left[pk] for pk in variants],
        asked,
        get_language(),
        current().mark,
        timezone.localdate(),
        template_mark(BODY),
    ]
    return "drawn:" + hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest(), left


@compiled
def _versions(slug: str) -> QuerySet[Any]:
    rows = ProductCard.objects.filter(slug=slug, is_visible=True)
    return rows.values_list("product_id", "product__version", "version", ArraySubquery(ON_SALE))


def product_with_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of the product somebody tried to put into the cart, with the reason why it did not work."""
    text = request.POST.get("variant", "")
    try:
        variant_id = uuid.UUID(text)
    except ValueError:
        raise error from None
    slug = Variant.objects.filter(pk=variant_id).values_list("product__slug", flat=True).first()
    if slug is None:
        raise error
    listed = listed_of_product(slug, trader_of(request), current())
    quantity = request.POST.get("quantity", "1")[:10]
    return _page(request, slug, asked=text, refusal=error, quantity=quantity, answers=typed_answers(request), listed=listed)


def _page(request: HttpRequest, slug: str, *, asked: str, listed: Rows, refusal: DomainError | None = None, **shown: Any) -> HttpResponse:
    """Drawn for this visitor and kept nowhere; with `listed` it says what their company pays."""
    detail, picker = _chosen(slug, asked, listed=listed)
    if listed and asked and str(picker.chosen.id) != asked:
        refusal = refusal or VariantNotFound()
    come_back_to(request, f"{reverse('product', args=[slug])}?v={picker.chosen.id}")
    response = _answer(request, _drawn(detail, picker, refusal=refusal, **shown), refusal.status if refusal else 200)
    if listed:
        response["Cache-Control"] = PRIVATE  # whoever sits at this browser next may not buy for the company
    return response


def _chosen(slug: str, asked: str, left: dict[uuid.UUID, int] | None = None, listed: Rows | None = None) -> tuple[ProductDetail, Picker]:
    detail = product_detail(slug, get_language() or "en", current())
    if listed:
        detail = traded(detail, listed, current().currency)
    return detail, _picker(detail, asked, left or availability([variant.id for variant in detail.variants]))


def _drawn(
    detail: ProductDetail,
    picker: Picker,
    *,
    refusal: DomainError | None = None,
    quantity: str = "",
    wish: Wish | None = None,
    answers: Mapping[str, str] | None = None,
) -> DrawnProduct:
    now = timezone.localtime()
    block = block_of(detail.product, detail.rating, wish or Wish())
    votes = blank_votes(block.page.reviews)
    context = {
        "detail": detail,
        "picker": picker,
        "refusal": refusal,
        "quantity": quantity or str(picker.chosen.min_quantity),
        "delivery": delivery_text(picker.offer, picker.chosen.currency),
        "promise": delivery_promise(detail.product.days_to_handle, timezone.localtime(detail.merchant.works_from(now))),
        "holiday": holiday_now(detail.merchant),
        "promise_ends": promise_ends(now),
        "promise_left": _hours_and_minutes(promise_ends(now) - now),
        "return_days": settings.WITHDRAWAL_DAYS,
        "asked": asked_on_page(detail.product, answers or {}, refusal),
        "is_bespoke": detail.product.is_made_to_order or bool(detail.product.personalisation),
        "files": files_offered(detail.product.pk) if detail.product.is_digital else [],
        "download_terms": (
            detail.product.download_limit or settings.DOWNLOAD_LIMIT,
            detail.product.download_days or settings.DOWNLOAD_DAYS,
        ),
        "listed": block,
        "votes": votes,
        "questions": first_questions(detail.product.pk),
        "product": detail.product,
        "merchant_name": detail.merchant_name,
        "similar": _goes_with(detail.product, get_language() or "en"),
        "path": reverse("product", args=[detail.product.slug]),
        "address": settings.SITE_URL.rstrip("/") + reverse("product", args=[detail.product.slug]),
        "token": blanks()["token"],
        "currency": current().currency,
    }
    description = Truncator(strip_tags(detail.description)).chars(155)
    lead = detail.pictures[0] if detail.pictures else None
    ld = structured.script(structured.product(detail, picker.available, picker.offer))
    pattern = with_votes(pattern_of(render_to_string(BODY, context)), votes)
    return DrawnProduct(detail.title, description, bool(detail.options), pattern, lead, detail.merchant_name, ld, tuple(votes))


def _answer(request: HttpRequest, drawn: DrawnProduct, status: int = 200) -> HttpResponse:
    body = format_html(drawn.pattern, token=get_token(request), **filled_votes(request, drawn.reviews))
    response = render(request, "storefront/product.html", {"page": drawn, "body": body}, status=status)
    response["Cache-Control"] = NO_CACHE  # has a form token of its own, yet back and forward stay quick
    return response


def _picker(detail: ProductDetail, asked: str, available: dict[uuid.UUID, int]) -> Picker:
    """The variant asked for, else the first that can be had."""
    in_stock = (variant for variant in detail.variants if available.get(variant.id, 0) > 0)
    chosen = detail.variant(asked) or next(in_stock, detail.variants[0])
    conversion = current() if chosen.currency == current().currency else own(chosen.currency)
    goods = {(detail.merchant.pk, variant.price_minor) for variant in detail.variants}
    return Picker(detail, available, chosen, offers_of(goods, conversion), _histories(detail))


def _histories(detail: ProductDetail) -> dict[uuid.UUID, PriceHistory]:
    if any(variant.trade_of for variant in detail.variants):
        return {}  # it tells of everybody's price
    opened = detail.product.published_at
    return price_histories([variant.id for variant in detail.variants], current(), opened=opened, at=timezone.now())


def _hours_and_minutes(left: dt.timedelta) -> tuple[int, int]:
    return divmod(int(left.total_seconds()) // 60, 60)


def _goes_with(row: Product, language: str) -> list[Card]:
    """What is bought together with it; the same for everybody, so remembered for some minutes."""
    key = f"bought-with:{row.pk}:{language}"
    cards: list[Card] | None = cache.get(key)
    if cards is None:
        cards = bought_with([row.pk], SIMILAR, language)
        cache.set(key, cards, SIMILAR_SECONDS)
    return cards
