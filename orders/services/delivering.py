"""What a purchase needs to reach its buyer: an address for what is sent, files and consent for what is downloaded."""

from collections.abc import Sequence

from django.utils.translation import get_language

from logistics.selectors import availability
from orders import rules
from orders.errors import AddressNeeded, ConsentNeeded, SoldOut


def refuse_undeliverable(lines: Sequence[rules.WantedLine], *, address: str, has_consent: bool) -> None:
    """One statement where something is digital, none else.

    Raises:
        AddressNeeded: something is sent, and there is no address.
        ConsentNeeded: something is downloaded, and the buyer has not asked for it at once.
        SoldOut: a digital variant has no file any more.
    """
    digital = [line for line in lines if line.variant.is_digital]
    if len(digital) < len(lines) and not address:
        raise AddressNeeded
    if not digital:
        return
    if not has_consent:
        raise ConsentNeeded
    available = availability([line.variant.variant_id for line in digital])
    for line in digital:
        if not available[line.variant.variant_id]:
            raise SoldOut(title=line.variant.title_in(get_language() or "en"), available=0)
