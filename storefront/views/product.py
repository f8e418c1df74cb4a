import hashlib
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.models import Product, ProductCard, Variant
from catalog.rules.options import Option
from catalog.selectors import Card, PriceHistory, ProductDetail, price_histories, product_detail, reviews_of
from catalog.selectors.products import VariantView
from core.compiled import compiled
from core.errors import DomainError
from core.exchange.rules import own
from logistics.rules import delivery_promise
from logistics.selectors import availability, shipping_offers
from orders.errors import VariantNotFound
from recommend.selectors import bought_with
from storefront.currencies import current
from storefront.fragments import template_mark
from storefront.preferences import come_back_to
from storefront.shell import blanks, pattern_of
from storefront.templatetags.storefront import money, price_parts

SIMILAR = 10
SIMILAR_SECONDS = 300
FEW_LEFT = 5
CURVES = 12
NO_CACHE = "private, no-cache"
DRAWN_SECONDS = 60
BODY = "storefront/components/product_body.html"
ON_SALE = Variant.objects.filter(product_id=OuterRef("product_id"), is_active=True).order_by("pk").values("pk")


@dataclass(frozen=True)
class OptionLink:
    """A choice as a link: the variant it leads to, given what else is chosen."""

    value: str
    label: str
    variant_id: uuid.UUID | None
    is_chosen: bool
    is_out: bool


@dataclass
class Picker:
    """The variants of a product with the one that is looked at."""

    detail: ProductDetail
    available: dict[uuid.UUID, int]
    chosen: VariantView
    histories: dict[uuid.UUID, PriceHistory]

    @property
    def left(self) -> int:
        return self.available.get(self.chosen.id, 0)

    @property
    def chosen_off(self) -> int:
        return self._off(self.chosen)

    @property
    def prior_minor(self) -> int | None:
        """The lowest price of the 30 days before the reduction that is looked at."""
        history = self.histories.get(self.chosen.id)
        return history.prior_minor if history else None

    @property
    def curves(self) -> list[PriceHistory]:
        """What has cost different sums lately, of the variant that is looked at first."""
        curved = [history for history in self.histories.values() if history.chart]
        return sorted(curved, key=lambda history: history.variant_id != self.chosen.id)[:CURVES]

    def _off(self, variant: VariantView) -> int:
        """Whole percent below what was asked before the reduction; 0 where that is not known or not more."""
        history = self.histories.get(variant.id)
        return history.off if history else 0

    @property
    def is_few(self) -> bool:
        return 0 < self.left <= FEW_LEFT

    @cached_property
    def rows(self) -> list[tuple[Option, list[OptionLink]]]:
        return [(option, [self._link(option.name, value.value, value.label) for value in option.values]) for option in self.detail.options]

    def _link(self, name: str, value: str, label: str) -> OptionLink:
        wanted = {**self.chosen.options, name: value}
        exact = next((variant for variant in self.detail.variants if variant.options == wanted), None)
        # A combination that is not made leads to the nearest one that has the value just asked for.
        target = exact or next((variant for variant in self.detail.variants if variant.options.get(name) == value), None)
        is_out = exact is None or self.available.get(exact.id, 0) <= 0
        return OptionLink(value, label, target.id if target else None, self.chosen.options.get(name) == value, is_out)

    def as_json(self) -> dict[str, Any]:
        """What the picker in the browser needs to show another variant without asking us."""
        language = get_language() or "en"
        return {"chosen": str(self.chosen.id), "variants": [self._variant_json(variant, language) for variant in self.detail.variants]}

    def _variant_json(self, variant: VariantView, language: str) -> dict[str, Any]:
        was, history = variant.compare_at_minor, self.histories.get(variant.id)
        prior = history.prior_minor if history else None
        return {
            "id": str(variant.id),
            "options": variant.options,
            "sku": variant.sku,
            "price": price_parts(variant.price_minor, variant.currency, language),
            "was": money(was, variant.currency) if was else "",
            "off": self._off(variant),
            "prior": money(prior, variant.currency) if prior else "",
            "left": self.available.get(variant.id, 0),
            "least": variant.min_quantity,
            "step": variant.quantity_step,
        }


@dataclass(frozen=True)
class DrawnProduct:
    """A product's page but for its frame and its form token, as it lies in the cache."""

    title: str
    description: str
    has_options: bool
    pattern: str


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product: picture, decision, merchant, details, reviews, what goes with it."""
    asked, stars = request.GET.get("v", ""), request.GET.get("stars", "")
    if stars or not request.GET.keys() <= {"v"}:
        return _page(request, slug, asked=asked, stars=stars)
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
    return "product:" + hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest(), left


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
    return _page(request, slug, asked=text, refusal=error, quantity=request.POST.get("quantity", "1")[:10])


def _page(request: HttpRequest, slug: str, *, asked: str, refusal: DomainError | None = None, **shown: str) -> HttpResponse:
    detail, picker = _chosen(slug, asked)
    come_back_to(request, f"{reverse('product', args=[slug])}?v={picker.chosen.id}")
    return _answer(request, _drawn(detail, picker, refusal=refusal, **shown), refusal.status if refusal else 200)


def _chosen(slug: str, asked: str, left: dict[uuid.UUID, int] | None = None) -> tuple[ProductDetail, Picker]:
    detail = product_detail(slug, get_language() or "en", current())
    return detail, _picker(detail, asked, left or availability([variant.id for variant in detail.variants]))


def _drawn(
    detail: ProductDetail, picker: Picker, *, refusal: DomainError | None = None, quantity: str = "", stars: str = ""
) -> DrawnProduct:
    context = {
        "detail": detail,
        "picker": picker,
        "refusal": refusal,
        "quantity": quantity or str(picker.chosen.min_quantity),
        "reviews": _reviews(detail, stars),
        "review_filter": stars,
        "offer": _offer(detail, picker),
        "promise": delivery_promise(detail.product.days_to_handle, timezone.localtime()),
        "similar": _goes_with(detail.product, get_language() or "en"),
        "path": reverse("product", args=[detail.product.slug]),
        "token": blanks()["token"],
        "currency": current().currency,
    }
    description = Truncator(strip_tags(detail.description)).chars(155)
    return DrawnProduct(detail.title, description, bool(detail.options), pattern_of(render_to_string(BODY, context)))


def _answer(request: HttpRequest, drawn: DrawnProduct, status: int = 200) -> HttpResponse:
    body = format_html(drawn.pattern, token=get_token(request))
    response = render(request, "storefront/product.html", {"page": drawn, "body": body}, status=status)
    response["Cache-Control"] = NO_CACHE  # has a form token of its own, yet back and forward stay quick
    return response


def _picker(detail: ProductDetail, asked: str, available: dict[uuid.UUID, int]) -> Picker:
    """The variant asked for, else the first that can be had."""
    in_stock = (variant for variant in detail.variants if available.get(variant.id, 0) > 0)
    return Picker(detail, available, detail.variant(asked) or next(in_stock, detail.variants[0]), _histories(detail))


def _histories(detail: ProductDetail) -> dict[uuid.UUID, PriceHistory]:
    opened = detail.product.published_at
    return price_histories([variant.id for variant in detail.variants], current(), opened=opened, at=timezone.now())


def _offer(detail: ProductDetail, picker: Picker) -> Any:
    merchant_id = detail.merchant.pk
    conversion = current() if picker.chosen.currency == current().currency else own(picker.chosen.currency)
    return shipping_offers({merchant_id: picker.chosen.price_minor}, conversion)[merchant_id]


def _reviews(detail: ProductDetail, stars: str) -> list[Any]:
    if stars in {"1", "2", "3", "4", "5"}:
        return list(reviews_of(detail.product.pk, int(stars))[:50])
    return detail.reviews


def _goes_with(row: Product, language: str) -> list[Card]:
    """What is bought together with it; the same for everybody, so remembered for some minutes."""
    key = f"bought-with:{row.pk}:{language}"
    cards: list[Card] | None = cache.get(key)
    if cards is None:
        cards = bought_with([row.pk], SIMILAR, language)
        cache.set(key, cards, SIMILAR_SECONDS)
    return cards
