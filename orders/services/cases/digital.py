"""What a case may ask for digital goods: the money, and never a parcel; without a reason only as long as nothing was downloaded."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import get_language

from core.i18n import translated
from orders.errors import AlreadyDownloaded, CaseNotPossible, DigitalNotReturnable
from orders.models import Download, OrderLine
from orders.services.downloads import revoke_unused
from orders.states import CaseKind, CaseReason


def take_digital_back(kind: str, reason: str, wanted: Mapping[OrderLine, int], *, at: dt.datetime) -> None:
    """Judge the lines of a new case; those given back without a reason cannot be downloaded any more.

    The caller has locked the order.

    Args:
        wanted: line → pieces.

    Raises:
        DigitalNotReturnable: it would have to be sent.
        CaseNotPossible: a withdrawal without a parcel of something that was sent, or of a part of a line.
        AlreadyDownloaded: it was used.
    """
    digital = [line for line in wanted if line.is_digital]
    if digital and kind not in {CaseKind.REFUND_ONLY, CaseKind.CANCELLATION}:
        line = digital[0]
        raise DigitalNotReturnable(title=translated({"title": line.title}, line.i18n, "title", get_language() or "en"))
    if kind == CaseKind.REFUND_ONLY and reason == CaseReason.WITHDRAWAL:
        if any(not line.is_digital or count != line.quantity for line, count in wanted.items()):
            raise CaseNotPossible
        revoke_unused(OrderLine.objects.filter(pk__in=[line.pk for line in digital]), at=at)
    elif digital and kind == CaseKind.CANCELLATION:
        _refuse_used(digital)


def _refuse_used(lines: list[OrderLine]) -> None:
    """A cancellation waits for the merchant, who may refuse it, so nothing ends yet."""
    if Download.objects.filter(line__in=lines, used__gt=0).exists():
        raise AlreadyDownloaded
