"""Pages that answer a refused form: in the reader's language, with a 4xx, and their language link leads to a page that exists."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from catalog.models import Variant
from core.models import Stateful
from core.states import IllegalTransition
from orders.states import OrderStatus
from tests.factories.accounts import make_user
from tests.snapshot import snapshot
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db
SWITCH = re.compile(r'data-testid="language-switch"[^>]*href="([^"]+)"')


def page_after_switching(client: Client, html: str) -> int:
    """The status of the page the language switch on this page comes back to."""
    match = SWITCH.search(html)
    assert match
    back = parse_qs(urlsplit(unescape(match[1])).query)["next"][0]
    return client.get(back, follow=True).status_code


@pytest.fixture
def member_at() -> tuple[Client, Walk]:
    """A member who is signed in, with an order that is completed."""
    user = make_user()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client, order_up_to("completed", user=user)


def test_a_refused_order_button_says_why_in_the_readers_language(member_at: tuple[Client, Walk]) -> None:
    client, walk = member_at
    before = snapshot()

    answer = client.post(f"/orders/{walk.order.number}/cancel/")

    with translation.override("zh-hans"):
        reason = str(IllegalTransition(status=OrderStatus.COMPLETED.label))
    assert answer.status_code == 409
    assert reason in answer.content.decode()
    assert page_after_switching(client, answer.content.decode()) == 200
    assert snapshot() == before


def test_goods_cannot_be_received_before_they_are_sent() -> None:
    walk = order_up_to("paid")
    client = Client()
    client.get(f"/orders/{walk.checkout.number}/?t={walk.checkout.token}")
    before = snapshot()

    answer = client.post(f"/orders/{walk.order.number}/receipt/")

    assert answer.status_code == 409
    assert snapshot() == before


def test_the_language_switch_on_a_refused_form_leads_back_to_its_page(member_at: tuple[Client, Walk], goods: Variant) -> None:
    client, walk = member_at
    forms = [
        ("/cart/add/", {"variant": goods.pk, "quantity": "0"}),
        (f"/cart/lines/{uuid4()}/", {"quantity": "0"}),
        (f"/pay/{walk.checkout.number}/cancel/", {}),
        (f"/account/addresses/{uuid4()}/delete/", {}),
    ]

    for path, sent in forms:
        answer = client.post(path, sent)
        assert 400 <= answer.status_code < 500, path
        assert page_after_switching(client, answer.content.decode()) == 200, path


def test_the_mail_about_an_unpaid_order_opens_its_payment() -> None:
    checkout = order_up_to("awaiting_payment").checkout
    client = Client()

    answer = client.get(f"/pay/{checkout.number}/?t={checkout.token}", follow=True)

    assert answer.redirect_chain == [(f"/pay/{checkout.number}/", 302)]
    assert answer.status_code == 200


def test_every_status_has_a_name_that_refusals_can_say() -> None:
    rows = [model for model in apps.get_models() if issubclass(model, Stateful)]

    assert rows
    assert [model for model in rows if not hasattr(model, "get_status_display")] == []
