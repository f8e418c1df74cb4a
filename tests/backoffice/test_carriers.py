"""Carriers in both back offices and on the shopper's page: chosen, followed, and what is done when a parcel does not arrive."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from logistics.gateways.signatures import live_secrets
from logistics.models import CarrierAccount, CarrierClaim, CarrierMessage, Shipment
from logistics.services import record_tracking
from orders.models import MerchantOrder, UndeliveredParcel
from tests.api.conftest import make_partner
from tests.backoffice.market import Shop, paid_order
from tests.factories.orders import make_seller

CONFIRM = {"_form_submitted": "1"}


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def press(browser: Client, site: str, row: Any, button: str, **data: Any) -> Any:
    name = f"{site}:{row._meta.app_label}_{row._meta.model_name}_{button}"
    return browser.post(reverse(name, args=[row.pk]), {**CONFIRM, **data})


def page(browser: Client, site: str, row: Any, language: str = "en") -> str:
    url = reverse(f"{site}:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return str(browser.get(url, headers={"accept-language": language}).content.decode())


def carrier_of(shop: Shop) -> CarrierAccount:
    found: CarrierAccount = CarrierAccount.objects.get(merchant=shop.merchant)
    return found


def lost_of(shop: Shop) -> UndeliveredParcel:
    found: UndeliveredParcel = UndeliveredParcel.objects.get(merchant=shop.merchant)
    return found


def test_a_carriers_secret_is_shown_once_and_a_new_one_when_it_is_renewed(shop: Shop, owner: Client) -> None:
    form = {"code": "quick", "name": "Quick Post", "name_zh": "快邮", "tracking_url": "https://quick.example/{number}"}
    answer = owner.post(reverse("merchant:logistics_carrieraccount_add"), form)

    account = CarrierAccount.objects.get(name="Quick Post")
    [secret] = live_secrets(account, timezone.now())
    assert secret in answer.content.decode()
    assert f"/webhooks/carriers/{account.code}/" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert (account.merchant, account.i18n) == (shop.merchant, {"zh-hans": {"name": "快邮"}})
    renewed = press(owner, "merchant", account, "renew")
    account.refresh_from_db()
    new, old = live_secrets(account, timezone.now())
    assert (new in renewed.content.decode(), old) == (True, secret)
    for language in ("en", "zh-hans"):
        shown = page(owner, "merchant", account, language)
        assert secret not in shown
        assert new not in shown
        assert account.secret not in shown
    press(owner, "merchant", account, "end_old")
    account.refresh_from_db()
    assert live_secrets(account, timezone.now()) == [new]


def test_a_carrier_is_renamed_and_what_cannot_be_is_refused(shop: Shop, owner: Client) -> None:
    account = carrier_of(shop)
    url = reverse("merchant:logistics_carrieraccount_change", args=[account.pk])

    refused = owner.post(url, {"name": "ANTELOPE mail", "name_zh": "", "tracking_url": "http://plain.example/{number}"})
    account.refresh_from_db()
    assert (refused.status_code, account.name) == (200, "ANTELOPE post")
    owner.post(url, {"name": "ANTELOPE mail", "name_zh": "羚羊", "tracking_url": ""})

    account.refresh_from_db()
    assert (account.name, account.i18n, account.tracking_url) == ("ANTELOPE mail", {"zh-hans": {"name": "羚羊"}}, "")


def test_the_built_in_carrier_asks_for_no_number_and_the_others_do(shop: Shop, owner: Client) -> None:
    account = carrier_of(shop)
    dialog = owner.get(reverse("merchant:orders_merchantorder_ship", args=[shop.to_ship.pk]), headers={"hx-request": "true"})
    assert "Jishi Express" in dialog.content.decode()
    assert str(account.pk) in dialog.content.decode()
    refused = press(owner, "merchant", shop.to_ship, "ship", way=str(account.pk), carrier="", tracking_number="")
    assert b"required" in refused.content

    press(owner, "merchant", shop.to_ship, "ship", way="simulated", carrier="", tracking_number="")

    parcel = Shipment.objects.get(reference=shop.to_ship.pk)
    assert (parcel.booking.gateway, parcel.tracking_number[:2]) == ("simulated", "JX")
    assert "Jishi Express" in page(owner, "merchant", parcel)
    assert "集市速运" in page(owner, "merchant", parcel, "zh-hans")


def test_a_strangers_carrier_is_no_choice(shop: Shop, stranger: Shop, owner: Client) -> None:
    answer = press(owner, "merchant", shop.to_ship, "ship", way=str(carrier_of(stranger).pk), carrier="", tracking_number="X1")

    shop.to_ship.refresh_from_db()
    assert (answer.status_code, shop.to_ship.status) == (200, "paid")


def test_many_orders_leave_with_the_built_in_carrier_at_one_stroke(shop: Shop, owner: Client) -> None:
    other = paid_order(shop.product.variants.get(), "ANTELOPE")
    url, chosen = reverse("merchant:orders_merchantorder_changelist"), [str(shop.to_ship.pk), str(other.pk)]

    answer = owner.post(url, {"action": "send_selected", "_selected_action": chosen, "index": "0"}, follow=True)

    assert "2 orders are shipped." in answer.content.decode()
    assert set(MerchantOrder.objects.filter(pk__in=chosen).values_list("status", flat=True)) == {"shipped"}
    assert Shipment.objects.filter(reference__in=chosen, booking__gateway="simulated").count() == 2


def test_a_parcels_page_shows_its_timeline_with_a_link_to_the_carrier(shop: Shop, owner: Client) -> None:
    parcel = lost_of(shop).shipment

    english, chinese = page(owner, "merchant", parcel), page(owner, "merchant", parcel, "zh-hans")

    assert 'href="https://antelope.example/ANTELOPE-LOST"' in english
    assert "ANTELOPE ditch" in english
    assert "material-symbols-outlined" in english
    assert "已丢失" in chinese


def test_a_failed_parcel_is_tried_again_or_comes_back(shop: Shop, owner: Client) -> None:
    parcel = Shipment.objects.get(reference=shop.shipped.pk)
    record_tracking(shipment_id=parcel.pk, code="failed", at=timezone.now(), actor="carrier")

    press(owner, "merchant", parcel, "try_again")
    parcel.refresh_from_db()
    assert parcel.status == "out_for_delivery"
    record_tracking(shipment_id=parcel.pk, code="failed", at=timezone.now(), actor="carrier")
    press(owner, "merchant", parcel, "came_back")

    parcel.refresh_from_db()
    assert parcel.status == "returned"


def test_a_lost_parcel_is_sent_again_or_paid_back_from_its_entry(shop: Shop, owner: Client) -> None:
    entry = lost_of(shop)
    assert entry.order.number in page(owner, "merchant", entry)

    press(owner, "merchant", entry, "send_again", way="simulated", carrier="", tracking_number="")

    entry.refresh_from_db()
    assert entry.status == "sent_again"
    assert Shipment.objects.filter(reference=entry.order_id).count() == 2
    press(owner, "merchant", entry, "refund", reason="Changed my mind")
    entry.refresh_from_db()
    assert (entry.status, entry.order.status) == ("sent_again", "shipped")


def test_the_money_of_a_lost_parcel_goes_back(shop: Shop, owner: Client) -> None:
    entry = lost_of(shop)

    press(owner, "merchant", entry, "refund", reason="Lost")

    entry.refresh_from_db()
    entry.order.refresh_from_db()
    assert (entry.status, entry.order.status) == ("refunded", "refunded")


def test_a_claim_is_decided_with_what_the_carrier_pays(shop: Shop, owner: Client) -> None:
    claim = CarrierClaim.objects.get(merchant=shop.merchant)
    assert claim.amount_minor == lost_of(shop).order.goods_minor

    press(owner, "merchant", claim, "accept", paid="12.50", note="By bank")
    press(owner, "merchant", claim, "refuse", reason="No")

    claim.refresh_from_db()
    assert (claim.status, claim.paid_minor) == ("accepted", 1_250)


def test_the_operator_finds_what_nobody_understands_and_decides(shop: Shop, operator: User) -> None:
    browser = Client()
    browser.force_login(operator)
    message = CarrierMessage.objects.get(merchant=shop.merchant)
    assert "no parcel has this number" in page(browser, "admin", message)
    account = page(browser, "admin", carrier_of(shop))
    assert carrier_of(shop).secret not in account
    assert carrier_of(shop).code in account

    press(browser, "admin", message, "release")
    message.refresh_from_db()
    assert message.status == "received"
    CarrierMessage.objects.update(status="quarantined")
    press(browser, "admin", message, "dismiss", reason="Not ours")

    message.refresh_from_db()
    assert message.status == "dismissed"


@pytest.mark.parametrize(("role", "may"), [("fulfilment", False), ("finance", None), ("owner", True)])
def test_carriers_are_the_owners_and_shown_to_those_who_send(shop: Shop, client: Client, role: str, may: bool | None) -> None:
    client.force_login(shop.owner if role == "owner" else shop.member(role))
    account = carrier_of(shop)

    shown = client.get(reverse("merchant:logistics_carrieraccount_change", args=[account.pk]))
    press(client, "merchant", account, "switch_off")

    account.refresh_from_db()
    assert shown.status_code == (403 if may is None else 200)
    assert account.is_active is not (may is True)


def test_a_partner_reads_who_carries_a_parcel_and_what_happened(shop: Shop) -> None:
    entry = lost_of(shop)

    row = make_partner(shop.merchant).get(f"/shipments/{entry.shipment_id}/").json()

    assert (row["carrier"], row["carrier_account"], row["followed_by"]) == ("ANTELOPE post", carrier_of(shop).code, "webhook")
    assert (row["status"], row["tracking_url"]) == ("lost", "https://antelope.example/ANTELOPE-LOST")
    assert [event["code"] for event in row["events"]] == ["handed_over", "lost"]
    by_hand = make_partner(shop.merchant).get(f"/shipments/{Shipment.objects.get(reference=shop.shipped.pk).pk}/").json()
    assert (by_hand["carrier_account"], by_hand["followed_by"], by_hand["tracking_url"]) == (None, "manual", "")
    assert make_partner(make_seller()).get(f"/shipments/{entry.shipment_id}/").status_code == 404


def test_the_shopper_sees_where_the_parcel_is(shop: Shop) -> None:
    checkout = lost_of(shop).order.checkout
    guest = Client()
    guest.get(f"/orders/{checkout.number}/?t={checkout.token}")

    english = guest.get(f"/orders/{checkout.number}/").content.decode()

    assert 'href="https://antelope.example/ANTELOPE-LOST"' in english
    assert "ANTELOPE ditch" in english
    assert "data-local" in english
    assert "sends the goods again or pays you back" in english
