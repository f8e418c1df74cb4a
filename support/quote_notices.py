"""What shopper and merchant read about a price request; each is called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.models import Quote
from support.content import Notice, Row, moment, money
from support.links import merchant_quote_url, quote_url


def offered(quote: Quote) -> Notice:
    """The shop has named a price."""
    return Notice(
        kind="quote_offered",
        subject=_("Your price for %(what)s") % {"what": _what(quote)},
        heading=_("The shop has made you an offer."),
        lead=[quote.note] if quote.note else [_("Accept it, and the pieces lie in your cart at this price.")],
        button=_("Look at the offer"),
        url=quote_url(quote),
        facts=_facts(quote),
    )


def refused(quote: Quote) -> Notice:
    """The shop has no price."""
    return Notice(
        kind="quote_refused",
        subject=_("No special price for %(what)s") % {"what": _what(quote)},
        heading=_("The shop cannot offer another price."),
        lead=[quote.note],
        button=_("Open the request"),
        url=quote_url(quote),
        facts=_facts(quote),
    )


def expired(quote: Quote) -> Notice:
    """Its time is over."""
    return Notice(
        kind="quote_expired",
        subject=_("Your price request for %(what)s has ended") % {"what": _what(quote)},
        heading=_("Its time is over."),
        lead=[_("Nothing was ordered at that price. You can ask again at any time.")],
        button=_("Open the request"),
        url=quote_url(quote),
        facts=_facts(quote),
    )


def merchant_requested(quote: Quote) -> Notice:
    """Somebody asks."""
    return Notice(
        kind="quote_requested",
        subject=_("Somebody asks for a price: %(what)s") % {"what": _what(quote)},
        heading=_("A shopper asks you for a price."),
        lead=[quote.message] if quote.message else [_("There is no message.")],
        button=_("Answer"),
        url=merchant_quote_url(quote),
        facts=_facts(quote),
    )


def merchant_accepted(quote: Quote) -> Notice:
    """The shopper agrees."""
    return Notice(
        kind="quote_accepted",
        subject=_("Your price was accepted: %(what)s") % {"what": _what(quote)},
        heading=_("The shopper has accepted your price."),
        lead=[_("The order follows when it is placed and paid. Keep the pieces ready.")],
        button=_("Open the request"),
        url=merchant_quote_url(quote),
        facts=_facts(quote),
    )


def _what(quote: Quote) -> str:
    return f"{quote.quantity} × {quote.variant.product.text('title')}"


def _facts(quote: Quote) -> list[Row]:
    facts = [Row(_("Shop"), quote.merchant.text("name")), Row(_("Quantity"), str(quote.quantity))]
    if quote.unit_minor is not None:
        facts += [Row(_("Price of a piece"), money(quote.unit_minor, quote.currency))]
        facts += [Row(_("Total"), money(quote.total_minor or 0, quote.currency), is_total=True)]
    if quote.due_at is not None:
        facts.append(Row(_("Until"), moment(quote.due_at)))
    return facts
