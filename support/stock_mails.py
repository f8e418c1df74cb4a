"""Mails to people who wait for a sold-out variant."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.events import StockAlertAsked, StockAlertsDue
from catalog.models import StockAlert
from catalog.rules.options import labels_in
from core.outbox import handles
from support.content import Notice, Reader, language, money
from support.links import alert_confirm_url, variant_url
from support.services import notify


@handles(StockAlertAsked)
def ask_address(event: StockAlertAsked) -> None:
    alert = _alerts().filter(pk=uuid.UUID(event.alert_id), confirmed_at=None).first()
    if alert is not None:
        notify(subject_id=alert.pk, reader=_reader(alert), write=lambda: confirm(alert), at=timezone.now())


@handles(StockAlertsDue)
def mail_back(event: StockAlertsDue) -> None:
    for alert in _alerts().filter(pk__in=[uuid.UUID(key) for key in event.alert_ids]):
        notify(subject_id=alert.pk, reader=_reader(alert), write=lambda alert=alert: back(alert), at=timezone.now())  # type: ignore[misc]


def confirm(alert: StockAlert) -> Notice:
    """Is this your address?"""
    return Notice(
        kind="stock_alert_confirm",
        subject=_("Shall we write when %(title)s is back?") % {"title": _title(alert)},
        heading=_("Shall we write when it is back?"),
        lead=[
            _("Somebody has asked us to write to this address once, when %(title)s can be bought again.") % {"title": _title(alert)},
            _("If that was not you, you need not do anything: we forget the address within a week."),
        ],
        button=_("Yes, write to me"),
        url=alert_confirm_url(alert.pk),
    )


def back(alert: StockAlert) -> Notice:
    """What you wait for is back."""
    variant = alert.variant
    return Notice(
        kind="stock_alert_back",
        subject=_("%(title)s is back in stock") % {"title": _title(alert)},
        heading=_("It is back."),
        lead=[
            _("%(title)s can be bought again, for %(price)s.")
            % {"title": _title(alert), "price": money(variant.price_minor, variant.currency)},
            _("We cannot keep one for you: first come, first served."),
            _("This was the one mail you asked for."),
        ],
        button=_("Have a look"),
        url=variant_url(variant.product.slug, variant.pk),
    )


def _title(alert: StockAlert) -> str:
    product = alert.variant.product
    options = " · ".join(labels_in(product.options, alert.variant.options, language()).values())
    title = product.text("title", language())
    return f"{title} ({options})" if options else title


def _alerts() -> QuerySet[StockAlert]:
    return StockAlert.objects.select_related("variant__product")


def _reader(alert: StockAlert) -> Reader:
    return Reader(alert.email, alert.language)
