"""Import charges on the checkout: shown before paying, and not placed unseen."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from core.money import Money
from logistics.rules import Destination
from orders.errors import BondedLimitExceeded, DutiesUnseen
from orders.selectors import CartView
from orders.selectors.duties import ParcelDuties, duties_of_cart
from storefront.currencies import current
from storefront.forms.checkout import CheckoutForm


def duties_shown(view: CartView, form: CheckoutForm) -> list[ParcelDuties]:
    """What the page says of import charges to the address in the form; nothing where nothing is sent. One query, three more abroad."""
    if view.is_empty or not view.needs_address:
        return []
    country = str(form["country"].value() or settings.OPERATOR_COUNTRY)
    chosen: Any = form.fields["country"]
    if not chosen.valid_value(country):
        return []
    return duties_of_cart(view, Destination(country, str(form["postcode"].value() or "")), current(), timezone.now())


def refuse_unseen_duties(request: HttpRequest, view: CartView, form: CheckoutForm) -> None:
    """Place nothing whose import charges the shopper has not seen, because the country was changed after they were counted.

    Raises:
        DutiesUnseen: goods go over a border to a country the sum was not shown for.
        BondedLimitExceeded: more goods out of bond than one purchase may hold.
    """
    if form.cleaned_data["seen_country"] in {"", form.cleaned_data["country"]}:
        return
    shown = duties_shown(view, form)
    limit = next((row.bonded_most_minor for row in shown if row.bonded_most_minor is not None), None)
    if limit is not None:
        raise BondedLimitExceeded(limit=Money(limit, view.currency).format(get_language() or "en"))
    if shown:
        raise DutiesUnseen
