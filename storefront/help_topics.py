"""Searches that are no search for goods: "returns", "运费" lead to the part of the help that answers them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.rules.queries import words_of

_WORDS = {
    "returns": "return refund withdraw cancel exchange 退货 退款 退换货 退换 换货 取消 取消订单 七天无理由",
    "delivery": "delivery shipping dispatch postage 运费 配送 物流 快递 包邮 发货",
    "escrow": "escrow protection safe payment pay 担保交易 担保 付款 支付 安全",
    "points": "point loyalty 积分 会员",
}
_BESIDES = frozenset(["my", "order", "how", "policy", "cost", "free", "我", "如何", "怎么"])
_SECTIONS = {word: section for section, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Topic:
    title: str
    href: str


def topics_for(text: str) -> list[Topic]:
    """The part of the help that a search asks for; empty where it asks for goods."""
    words = words_of(text)
    whole = "".join(word.text for word in words)
    asked = [whole] if whole in _SECTIONS else [word.text for word in words if word.text not in _BESIDES]
    if not all(word in _SECTIONS for word in asked):
        return []
    return [Topic(_titles()[section], f"{reverse('help')}#{section}") for section in sorted({_SECTIONS[word] for word in asked})]


def _titles() -> dict[str, str]:
    return {
        "returns": _("Cancelling and refunds"),
        "delivery": _("Delivery"),
        "escrow": _("How buying is protected"),
        "points": _("Points"),
    }
