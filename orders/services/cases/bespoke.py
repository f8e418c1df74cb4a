"""What was made for one buyer cannot be sold to another, so it comes back for a fault and not for a change of mind."""

from collections.abc import Iterable

from django.utils.translation import get_language

from core.i18n import translated
from orders.errors import BespokeNotReturnable
from orders.models import OrderLine
from orders.states import CaseKind, CaseReason

WITHOUT_FAULT = (CaseReason.WITHDRAWAL, CaseReason.CHANGED_MIND)


def refuse_bespoke(kind: str, reason: str, lines: Iterable[OrderLine]) -> None:
    """Raises BespokeNotReturnable for such a line. What is not sent yet may still be cancelled, with the shop's consent."""
    if kind == CaseKind.CANCELLATION or reason not in WITHOUT_FAULT:
        return
    for line in lines:
        if line.is_bespoke:
            raise BespokeNotReturnable(title=translated({"title": line.title}, line.i18n, "title", get_language() or "en"))
