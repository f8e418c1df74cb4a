import json
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.errors import CompareFull, CompareUnclear, ProductNotFound
from catalog.rules.comparing import MOST_COMPARED, fact_rows
from catalog.selectors import Card, cards_by_ids
from catalog.selectors.comparing import Compared, compared
from core.errors import DomainError
from core.exchange.rules import own
from logistics.rules import ShippingOffer, delivery_promise
from logistics.selectors import offers_of
from storefront.currencies import current
from storefront.preferences import YEAR_SECONDS
from storefront.templatetags.storefront import delivery_text

# Which products are compared is kept in this cookie, which the browser's script reads too; the page itself is told by its address.
COMPARE_COOKIE = "compare"


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four products beside each other; the address names them, so it can be sent to somebody."""
    asked = request.GET.get("ids", "")
    if not asked and (kept := kept_ids(request)):
        return redirect(_address(kept))
    return _page(request, _ids(asked) if asked else [])


def _page(request: HttpRequest, ids: Sequence[uuid.UUID], refusal: DomainError | None = None) -> HttpResponse:
    language, conversion, now = get_language() or "en", current(), timezone.localtime()
    found = compared(ids, language)
    cards = [row.card.priced(conversion) for row in found]
    deliveries = _deliveries([(row.merchant_id, card) for row, card in zip(found, cards, strict=True)])
    facts = fact_rows([_facts(row) for row in found])
    only = request.GET.get("only") == "1"
    columns = [
        {
            "card": card,
            "delivery": delivery,
            "promise": delivery_promise(row.handling_days, timezone.localtime(row.merchant.works_from(now))),
            "rest": ",".join(str(other.product_id) for other in cards if other is not card),
        }
        for row, card, delivery in zip(found, cards, deliveries, strict=True)
    ]
    context = {
        "columns": columns,
        "facts": [row for row in facts if row.is_different] if only else facts,
        "hidden": sum(not row.is_different for row in facts) if only else 0,
        "only": only,
        "missing": len(set(ids)) - len(found),
        "ids": ",".join(str(card.product_id) for card in cards),
        "address": settings.SITE_URL.rstrip("/") + _address([card.product_id for card in cards]),
        "refusal": refusal,
        "free_places": MOST_COMPARED - len(found),
    }
    return render(request, "storefront/compare.html", context, status=refusal.status if refusal else 200)


def _facts(row: Compared) -> list[tuple[str, str]]:
    """Brand and condition first; many merchants name the brand among the attributes too."""
    brand = _("Brand")
    rest = [fact for fact in row.facts if fact[0].strip().casefold() != brand.casefold()]
    return [(brand, row.card.brand_name), (_("Condition"), row.condition), *rest]


def _deliveries(goods: Sequence[tuple[uuid.UUID, Card]]) -> list[str]:
    """What sending one piece of each costs, in the currency its price is said in; one query for each currency."""
    offers: dict[tuple[uuid.UUID, int, str], ShippingOffer] = {}
    for currency in {card.currency for _merchant, card in goods}:
        conversion = current() if currency == current().currency else own(currency)
        pairs = [(merchant, card.price_minor) for merchant, card in goods if card.currency == currency]
        offers |= {(*pair, currency): offer for pair, offer in offers_of(pairs, conversion).items()}
    return [delivery_text(offers[merchant, card.price_minor, card.currency], card.currency) for merchant, card in goods]


@require_safe
def change(request: HttpRequest) -> HttpResponse:
    """Put a product beside the others (`on` is 1, or nothing) or take it away (0). Nothing is written but the visitor's own cookie."""
    try:
        product_id = uuid.UUID(request.GET.get("product", ""))
    except ValueError:
        raise ProductNotFound from None
    kept = kept_ids(request)
    shown = _ids(request.GET["ids"]) if request.GET.get("ids") else kept
    if request.GET.get("on") == "0":
        kept, shown = ([key for key in keys if key != product_id] for keys in (kept, shown))
    elif product_id not in kept:
        if not cards_by_ids([product_id], get_language() or "en"):
            raise ProductNotFound
        if len(kept) >= MOST_COMPARED:
            return _refused(request, kept)
        kept = shown = [*kept, product_id]
    is_partial = "HX-Request" in request.headers
    response = _tray(request, kept) if is_partial else redirect(_address(shown))
    response.set_cookie(COMPARE_COOKIE, ".".join(key.hex for key in kept), max_age=YEAR_SECONDS, secure=settings.HTTPS, samesite="Lax")
    if is_partial:
        response["HX-Trigger"] = json.dumps({"compared": None})
    return response


def _refused(request: HttpRequest, kept: Sequence[uuid.UUID]) -> HttpResponse:
    error = CompareFull(most=MOST_COMPARED)
    if "HX-Request" in request.headers:
        raise error
    return _page(request, kept, error)


@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """What is compared so far, for the foot of any page."""
    return _tray(request, kept_ids(request))


def _tray(request: HttpRequest, ids: Sequence[uuid.UUID]) -> HttpResponse:
    cards = cards_by_ids(ids, get_language() or "en")
    places = range(MOST_COMPARED - len(cards))
    return render(
        request,
        "storefront/components/tray.html",
        {"cards": cards, "places": places, "address": _address([card.product_id for card in cards])},
    )


def kept_ids(request: HttpRequest) -> list[uuid.UUID]:
    """What the cookie names; nothing where it cannot be one of ours."""
    try:
        return _ids(request.COOKIES.get(COMPARE_COOKIE, "").replace(".", ","))
    except CompareUnclear:
        return []


def _ids(text: str) -> list[uuid.UUID]:
    """Up to four different ids, separated by commas. Raises CompareUnclear for anything else."""
    if len(text) > 400:
        raise CompareUnclear
    try:
        ids = list(dict.fromkeys(uuid.UUID(part) for part in text.split(",") if part))
    except ValueError:
        raise CompareUnclear from None
    if len(ids) > MOST_COMPARED:
        raise CompareFull(most=MOST_COMPARED)
    return ids


def _address(ids: Sequence[uuid.UUID]) -> str:
    return f"{reverse('compare')}?ids={','.join(str(key) for key in ids)}" if ids else reverse("compare")
