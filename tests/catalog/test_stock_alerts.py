"""One mail when a sold-out variant is back: asked for, confirmed, sent once."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.errors import AlertAddressMissing, AlertNotFound, ProductNotFound, TooManyAlerts
from catalog.models import StockAlert, Variant
from catalog.services import stock_alerts
from catalog.services.stock_alerts import ask_for_alert, confirm_alert, drop_alert, forget_unconfirmed
from logistics.models import Warehouse
from logistics.services import receive_stock
from logistics.tasks import wake_stock_alerts
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_variant
from tests.factories.orders import make_goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(db: None) -> Variant:
    return make_goods(stock=0)


def ask(variant: Variant, **changes: Any) -> StockAlert:
    fields = {"user": None, "email": "mei@example.com", "language": "en", "origin": "203.0.113.9", "at": timezone.now(), **changes}
    return ask_for_alert(variant_id=variant.pk, **fields)


def restock(variant: Variant) -> None:
    house = Warehouse.objects.get(merchant=variant.merchant)
    receive_stock(variant=variant, warehouse=house, quantity=3, actor="system:test", at=timezone.now())


def test_a_member_asks_once_and_is_told_once(gone: Variant) -> None:
    user = make_user()
    ask(gone, user=user, email="")
    ask(gone, user=user, email="")
    drain()
    assert not Mail.objects.exists()

    restock(gone)
    drain()
    restock(gone)
    drain()

    mail = Mail.objects.get()
    assert (mail.kind, mail.to) == ("stock_alert_back", user.email)
    assert f"?v={gone.pk}" in mail.text
    ask(gone, user=user, email="")
    assert StockAlert.objects.count() == 2


def test_a_guests_address_is_asked_first(client: Client, gone: Variant) -> None:
    ask(gone)
    drain()
    restock(gone)
    drain()
    assert [mail.kind for mail in Mail.objects.all()] == ["stock_alert_confirm"]
    link = re.search(r"/alerts/confirm/\S+/", Mail.objects.get().text)
    assert link is not None

    assert client.get(link[0]).status_code == 200
    assert StockAlert.objects.get().confirmed_at is None
    client.post(link[0], {"answer": "yes"})
    drain()

    assert sorted(mail.kind for mail in Mail.objects.all()) == ["stock_alert_back", "stock_alert_confirm"]
    assert client.post(link[0]).status_code == 404


def test_a_guest_who_says_no_is_forgotten(client: Client, gone: Variant) -> None:
    ask(gone)
    drain()
    link = re.search(r"/alerts/confirm/\S+/", Mail.objects.get().text)
    assert link is not None

    client.post(link[0], {"answer": "no"})

    assert not StockAlert.objects.exists()


def test_addresses_that_never_answer_are_forgotten_within_a_week(gone: Variant) -> None:
    now = timezone.now()
    ask(gone, at=now - dt.timedelta(days=8))
    ask(gone, email="wang@example.com", at=now)

    assert forget_unconfirmed(at=now) == 1

    assert StockAlert.objects.get().email == "wang@example.com"


@pytest.mark.parametrize("email", ["", "mei", "a@b", "x" * 300 + "@example.com", "\0"])
def test_what_is_no_address_is_refused(gone: Variant, email: str) -> None:
    with pytest.raises(AlertAddressMissing):
        ask(gone, email=email)

    assert not StockAlert.objects.exists()


def test_what_is_not_on_sale_cannot_be_waited_for(gone: Variant) -> None:
    hidden = make_variant()
    Variant.objects.filter(pk=hidden.pk).update(is_active=False)

    for variant in (hidden, Variant(pk=uuid.uuid4())):
        with pytest.raises(ProductNotFound):
            ask(variant)

    assert not StockAlert.objects.exists()


def test_an_address_is_not_flooded_and_neither_are_we(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_alerts, "MOST_QUESTIONS", 1)
    monkeypatch.setattr(stock_alerts, "MOST_WAITING", 1)
    first, second, user = make_goods(stock=0), make_goods(stock=0), make_user()
    ask(first)
    ask(first, user=user)

    for fields in ({}, {"user": user}, {"origin": "198.51.100.1"}):
        with pytest.raises(TooManyAlerts):
            ask(second, **fields)

    assert StockAlert.objects.count() == 2


def test_a_link_works_until_the_mail_is_sent(gone: Variant) -> None:
    alert = ask(gone)
    confirm_alert(alert_id=alert.pk, at=NOW)
    confirm_alert(alert_id=alert.pk, at=NOW)
    restock(gone)
    wake_stock_alerts()

    with pytest.raises(AlertNotFound):
        confirm_alert(alert_id=alert.pk, at=NOW)
    with pytest.raises(AlertNotFound):
        drop_alert(alert_id=alert.pk)


def test_a_guest_is_asked_for_the_address_and_hears_that_a_mail_is_on_its_way(client: Client, gone: Variant) -> None:
    page = client.get(f"/p/{gone.product.slug}/")
    pressed = client.post(f"/alerts/{gone.pk}/", headers={"HX-Request": "true"})
    wrong = client.post(f"/alerts/{gone.pk}/", {"email": "mei"})
    right = client.post(f"/alerts/{gone.pk}/", {"email": "mei@example.com"})

    assert f"/alerts/{gone.pk}/" in page.text
    assert (pressed.status_code, wrong.status_code, right.status_code) == (422, 422, 200)
    assert "alert-email" in pressed.text
    assert "field-error" not in pressed.text
    assert "field-error" in wrong.text
    assert "mei@example.com" in right.text
    assert StockAlert.objects.count() == 1


@pytest.mark.parametrize("path", ["/alerts/confirm/x/", "/alerts/confirm/" + "0" * 32 + "~x/", f"/alerts/{uuid.UUID(int=0)}/"])
def test_what_is_not_there_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
