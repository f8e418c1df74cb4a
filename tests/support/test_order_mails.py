from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from core import outbox
from core.models import OutboxEvent, OutboxReceipt
from merchants.models import Membership
from orders.models import Checkout
from orders.services import cancellation
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.catalog import new_variant
from tests.factories.merchants import make_membership
from tests.factories.orders import make_cart, make_goods, make_seller, place
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def relay() -> None:
    """Hand every recorded event to its handlers."""
    while outbox.relay(now=timezone.now()):
        pass
    assert not OutboxEvent.objects.filter(handled_at=None).exists()


def mails_after(status: str, **how: Any) -> tuple[Walk, dict[str, Mail]]:
    """A purchase taken to `status`, and the buyer's mails by kind; a kind sent per order keeps its last one."""
    walk = order_up_to(status, **how)
    relay()
    return walk, {mail.kind: mail for mail in Mail.objects.filter(to=walk.checkout.email).order_by("created_at")}


def words(mail: Mail) -> str:
    """The HTML as a reader sees it."""
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", mail.html, flags=re.DOTALL))


def test_placing_an_order_is_confirmed_with_its_lines_and_sums() -> None:
    walk, mails = mails_after("awaiting_payment")

    mail = mails["order_placed"]
    assert walk.checkout.number in mail.subject
    for body in (mail.text, words(mail)):
        for line in (line for order in walk.orders for line in order.lines.all()):
            assert line.title in body
        assert "$20.00" in body
        assert "$50.00" in body, "the total of two goods and two shipments"
        assert walk.checkout.address in body
    assert f'href="{settings.SITE_URL}/pay/{walk.checkout.number}/?t={walk.checkout.token}"' in mail.html


def test_a_member_signs_in_instead_of_opening_the_order_by_its_link() -> None:
    walk, mails = mails_after("awaiting_payment", user=make_user())

    assert walk.checkout.token not in mails["order_placed"].html + mails["order_placed"].text


def test_every_step_writes_to_the_buyer_once() -> None:
    _, mails = mails_after("refunded")

    kinds = list(Mail.objects.filter(to=mails["order_paid"].to).order_by("kind").values_list("kind", flat=True))
    assert kinds == ["order_delivered"] * 2 + ["order_paid", "order_placed"] + ["order_refunded"] * 2 + ["order_shipped"] * 2


def test_the_shipping_mail_names_the_carrier_and_the_tracking_number() -> None:
    walk, _ = mails_after("shipped")

    order = walk.orders[-1]
    mail = Mail.objects.filter(kind="order_shipped", subject__contains=order.merchant.name).get()
    for body in (mail.text, words(mail)):
        assert f"SF{order.number}" in body
        assert "SF Express" in body
    assert f"/orders/{walk.checkout.number}/?t={walk.checkout.token}" in mail.text


def test_a_refund_says_how_much_and_why() -> None:
    _, mails = mails_after("refunded")

    for body in (mails["order_refunded"].text, words(mails["order_refunded"])):
        assert "$25.00" in body
        assert "broken" in body


def test_cancelling_before_and_after_payment_both_write() -> None:
    checkout = place(make_cart())
    cancellation.cancel_checkout(checkout_id=checkout.pk, actor="shopper:guest", at=timezone.now())
    _, mails = mails_after("cancelled")

    assert "$25.00" in mails["order_cancelled"].text
    assert Mail.objects.filter(kind="checkout_cancelled", to=checkout.email).count() == 1
    assert not Mail.objects.filter(kind="order_cancelled", to=checkout.email).exists()


def test_an_order_paid_before_its_first_mail_is_not_asked_for_money() -> None:
    walk, mails = mails_after("paid")

    assert f"/orders/{walk.checkout.number}/" in mails["order_placed"].html
    assert "/pay/" not in mails["order_placed"].html


def test_mails_are_in_the_language_of_the_purchase() -> None:
    seller = make_seller(name="Lantern Lane", i18n={"zh-hans": {"name": "灯笼巷"}})
    red = {"value": "Red", "i18n": {"zh-hans": {"value": "红色"}}}
    lamp = make_goods(
        merchant=seller,
        title="Lamp",
        i18n={"zh-hans": {"title": "灯"}},
        options=[{"name": "Colour", "i18n": {"zh-hans": {"name": "颜色"}}, "values": [red]}],
        variants=[new_variant(options={"Colour": "Red"}, price_minor=2_000)],
    )
    order_up_to("paid", variants=[lamp])
    Checkout.objects.update(language="zh-hans")

    relay()

    mail = Mail.objects.get(kind="order_paid")
    assert mail.language == "zh-hans"
    assert '<html lang="zh-hans"' in mail.html
    assert "灯笼巷" in mail.text
    assert "- 灯 (颜色: 红色)\n" in mail.text
    assert "US$20.00" in mail.text


def test_options_are_named_beside_the_title() -> None:
    product_variant = make_goods(variants=[new_variant(options={"Colour": "Red", "Size": "L"})])

    _, mails = mails_after("paid", variants=[product_variant])

    assert "(Colour: Red · Size: L)" in mails["order_paid"].text
    assert "Colour: Red · Size: L" in words(mails["order_paid"])


def test_hostile_titles_are_inert_in_html() -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"

    _, mails = mails_after("paid", variants=[make_goods(title=hostile)])

    html = mails["order_paid"].html
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert hostile in mails["order_paid"].text


def test_styles_are_in_the_tags_and_nothing_is_fetched_from_elsewhere() -> None:
    _, mails = mails_after("paid")

    html = mails["order_paid"].html
    assert re.search(r'<a class="button"[^>]* style="[^"]*background: #c8321f', html)
    assert "<link" not in html
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', html)) == {settings.SITE_URL}


class TestMerchant:
    def test_each_merchant_sees_only_its_own_lines(self) -> None:
        walk, _ = mails_after("paid")

        mine, theirs = walk.orders
        mail = Mail.objects.get(kind="merchant_new_order", to=mine.merchant.email)
        for body in (mail.text, mail.html):
            assert mine.number in body
            assert mine.lines.get().title in body
            assert theirs.number not in body
            assert theirs.merchant.name not in body
            assert theirs.lines.get().title not in body
            assert walk.checkout.email not in body
            assert walk.checkout.phone not in body
            assert walk.checkout.token not in body

    def test_the_team_is_told_each_in_their_own_language(self) -> None:
        seller = make_seller()
        owner = make_membership(seller, make_user(language="zh-hans")).user
        packer = make_membership(seller, make_user(), Membership.Role.FULFILMENT).user
        make_membership(seller, make_user(), Membership.Role.FINANCE)
        make_membership(seller, make_user(is_active=False))

        mails_after("paid", variants=[make_goods(merchant=seller)])

        told = Mail.objects.filter(kind="merchant_new_order").values_list("to", "language")
        assert sorted(told) == sorted([(owner.email, "zh-hans"), (packer.email, "en")])

    def test_an_unpaid_order_is_not_announced(self) -> None:
        mails_after("awaiting_payment")

        assert not Mail.objects.filter(kind="merchant_new_order").exists()


def test_a_redelivered_event_makes_no_second_mail() -> None:
    mails_after("shipped")
    before = set(Mail.objects.values_list("pk", flat=True))

    OutboxReceipt.objects.filter(handler__startswith="support.").delete()
    OutboxEvent.objects.update(handled_at=None, next_try_at=timezone.now())
    relay()

    assert set(Mail.objects.values_list("pk", flat=True)) == before
