"""What the giver and the recipient of a gift card read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from payments.models import GiftCardPurchase
from support.content import Notice, Row, money
from support.links import gift_url, shop_url


def gift_card(bought: GiftCardPurchase, code: str) -> Notice:
    """For the recipient: the code, shown here and nowhere else."""
    giver = bought.giver or _("Somebody")
    return Notice(
        kind="gift_card",
        subject=_("%(giver)s sends you a gift card of %(value)s") % {"giver": giver, "value": money(bought.value_minor, bought.currency)},
        heading=_("A gift card for you."),
        lead=[
            *([f"“{bought.message}”"] if bought.message else []),
            _("Enter the code at checkout, or load it onto your store credit. Keep it like cash: whoever has the code can use it."),
        ],
        button=_("To the market"),
        url=shop_url(),
        facts=[Row(_("Code"), code), Row(_("Value"), money(bought.value_minor, bought.currency), is_total=True)],
    )


def gift_card_sent(bought: GiftCardPurchase) -> Notice:
    """For the giver: that it is on its way, without the code."""
    return Notice(
        kind="gift_card_sent",
        subject=_("Your gift card is on its way"),
        heading=_("Your gift card is on its way."),
        lead=[_("We have mailed it to %(recipient)s. While nothing of it is used you can give it back.") % {"recipient": bought.recipient}],
        button=_("See the gift card"),
        url=gift_url(bought),
        facts=[Row(_("Value"), money(bought.value_minor, bought.currency), is_total=True)],
    )
