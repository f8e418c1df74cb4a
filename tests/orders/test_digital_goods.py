"""Digital goods from the cart to the download: nothing to send, access at once, counted, and over with the money."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog.models import Product, Variant
from catalog.services.digital import add_file, withdraw_file
from core.ids import uuid7
from core.invariants import violations
from core.models import StateChange
from logistics.models import Reservation, Shipment
from logistics.selectors import availability
from orders.errors import (
    AddressNeeded,
    AlreadyDownloaded,
    CaseNotPossible,
    ConsentNeeded,
    DigitalNotReturnable,
    DownloadEnded,
    DownloadGrantInvalid,
    DownloadNotFound,
    DownloadPaused,
    DownloadsUsedUp,
    DownloadTooLate,
    SoldOut,
)
from orders.models import Cart, Checkout, Download, MerchantOrder
from orders.selectors import cart_view
from orders.services import cancellation, completion, fulfilment, refunds
from orders.services.cases import answers, opening
from orders.services.cases.opening import Complaint, Wish
from orders.services.downloads import grant_more, take_download
from payments.models import EscrowHold
from tests.factories.accounts import make_user
from tests.factories.orders import make_buyer, make_cart, make_digital, make_goods, make_seller, place
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db
NOWHERE = {"phone": "", "address": "", "city": "", "postcode": ""}


def bought(*variants: Variant, user: User | None = None, quantity: int = 1) -> Checkout:
    """A paid purchase of these variants."""
    checkout = place(make_cart(*variants, user=user, quantity=quantity), buyer=make_buyer(user, wants_digital_now=True))
    pay(checkout)
    checkout.refresh_from_db()
    return checkout


def order_of(checkout: Checkout) -> MerchantOrder:
    return checkout.orders.get()


def taken(checkout: Checkout, at: dt.datetime | None = None) -> Download:
    row, content = take_download(checkout=checkout, token=_token(checkout), at=at or timezone.now())
    content.close()
    return row


def _token(checkout: Checkout) -> str:
    return Download.objects.filter(line__order__checkout=checkout).latest("pk").token


def complaint(kind: str, reason: str, checkout: Checkout, **wish: Any) -> Complaint:
    lines = [line for order in checkout.orders.all() for line in order.lines.filter(**wish)]
    return Complaint(key=uuid7(), kind=kind, reason=reason, wishes=[Wish(line.pk, line.quantity) for line in lines], text="Because.")


def test_a_digital_variant_never_runs_out_once_it_has_a_file() -> None:
    variant = make_digital(files=0)

    assert availability([variant.pk]) == {variant.pk: 0}
    add_file(merchant=variant.merchant, product_id=variant.product_id, name="a.txt", pieces=[b"Hello"], label="Book", at=timezone.now())

    assert availability([variant.pk])[variant.pk] > settings.CART_MAX_QUANTITY
    assert Product.objects.get(pk=variant.product_id).card.in_stock


def test_a_withdrawn_file_is_sold_no_longer_and_kept_by_who_bought_it() -> None:
    variant = make_digital()
    checkout = bought(variant)
    file = Download.objects.get().file

    withdraw_file(merchant=variant.merchant, file_id=file.pk, at=timezone.now())

    assert availability([variant.pk]) == {variant.pk: 0}
    assert not Product.objects.get(pk=variant.product_id).card.in_stock
    assert taken(checkout).used == 1


def test_a_digital_purchase_needs_no_address_and_costs_no_shipping() -> None:
    variant = make_digital(price=900)

    checkout = place(make_cart(variant), buyer=make_buyer(wants_digital_now=True, **NOWHERE))

    order = order_of(checkout)
    assert (checkout.shipping_minor, checkout.total_minor, order.is_digital) == (0, 900, True)
    assert order.digital_consent_at == order.placed_at
    assert not Reservation.objects.exists()


def test_a_digital_purchase_is_refused_without_the_consent() -> None:
    cart = make_cart(make_digital())

    with pytest.raises(ConsentNeeded):
        place(cart, buyer=make_buyer())

    assert cart.lines.count() == 1
    assert not Checkout.objects.exists()


def test_a_mixed_purchase_is_refused_without_an_address() -> None:
    with pytest.raises(AddressNeeded):
        place(make_cart(make_digital(), make_goods()), buyer=make_buyer(wants_digital_now=True, **NOWHERE))

    assert not Checkout.objects.exists()


def test_a_file_that_goes_between_cart_and_order_is_sold_out() -> None:
    variant = make_digital()
    cart = make_cart(variant)
    withdraw_file(merchant=variant.merchant, file_id=variant.product.digital_files.get().pk, at=timezone.now())

    assert cart_view(cart).has_problems
    with pytest.raises(SoldOut):
        place(cart, buyer=make_buyer(wants_digital_now=True), expected_total_minor=variant.price_minor)


def test_paying_gives_access_at_once_and_delivers_an_order_without_parcels() -> None:
    checkout = bought(make_digital(), quantity=2)

    order = order_of(checkout)
    download = Download.objects.get()
    assert order.status == "delivered"
    assert order.complete_by is not None
    assert order.delivered_at is not None
    assert download.allowed == 2 * settings.DOWNLOAD_LIMIT
    assert EscrowHold.objects.get(reference=order.pk).status == "held"
    assert not violations()


def test_a_digital_order_completes_after_the_usual_wait_and_releases_escrow() -> None:
    order = order_of(bought(make_digital()))
    assert order.complete_by is not None

    assert completion.complete_due(at=order.complete_by) == 1

    order.refresh_from_db()
    assert order.status == "completed"
    assert EscrowHold.objects.get(reference=order.pk).status == "released"
    assert not violations()


def test_a_mixed_order_follows_its_parcels_and_reserves_only_what_is_sent() -> None:
    seller = make_seller(shipping=500, free_over=4_000)
    goods, book = make_goods(merchant=seller, price=2_000), make_digital(merchant=seller, price=3_000)
    checkout = bought(goods, book)

    order = order_of(checkout)
    # What is downloaded does not count towards free delivery.
    assert (order.status, order.shipping_minor, order.is_digital) == ("paid", 500, False)
    assert Reservation.objects.get().stock.variant_id == goods.pk
    assert taken(checkout).used == 1

    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="1", actor="merchant:x", at=timezone.now())
    fulfilment.mark_delivered(order_id=order.pk, actor="system:test", at=timezone.now())
    assert [line.variant_id for line in Shipment.objects.get().lines.all()] == [goods.pk]
    assert not violations()


def test_every_download_is_counted_and_the_one_too_many_refused() -> None:
    checkout = bought(make_digital(limit=2))

    assert [taken(checkout).used, taken(checkout).used] == [1, 2]
    with pytest.raises(DownloadsUsedUp):
        taken(checkout)

    assert Download.objects.get().used == 2


def test_downloads_end_with_their_days() -> None:
    checkout = bought(make_digital(days=7))
    ends_at = Download.objects.get().ends_at

    with pytest.raises(DownloadTooLate):
        taken(checkout, at=ends_at)

    assert taken(checkout, at=ends_at - dt.timedelta(seconds=1)).used == 1


def test_a_download_of_another_purchase_does_not_exist() -> None:
    variant = make_digital()
    mine, other = bought(variant), bought(variant)

    for token in (_token(other), "nothing", "\0"):
        with pytest.raises(DownloadNotFound):
            take_download(checkout=mine, token=token, at=timezone.now())

    assert set(Download.objects.values_list("used", flat=True)) == {0}


def test_access_ends_with_a_refund() -> None:
    checkout = bought(make_digital())

    refunds.refund_order(order_id=order_of(checkout).pk, actor="operator:test", reason="broken", at=timezone.now())

    with pytest.raises(DownloadEnded):
        taken(checkout)
    assert Download.objects.get().used == 0


def test_more_downloads_and_days_are_granted_and_written_down() -> None:
    checkout = bought(make_digital(limit=1, days=1))
    taken(checkout)
    order = order_of(checkout)

    grant_more(order_id=order.pk, downloads=2, days=30, reason="new computer", actor="merchant:1", at=timezone.now())

    assert taken(checkout, at=timezone.now() + dt.timedelta(days=29)).used == 2
    change = StateChange.objects.filter(entity_id=order.pk).latest("id")
    assert (change.actor, change.reason) == ("merchant:1", "downloads granted: 2, days: 30; new computer")


@pytest.mark.parametrize("wrong", [{"downloads": 0, "days": 0}, {"downloads": -1}, {"days": 4_000}, {"reason": " "}])
def test_a_grant_of_nothing_changes_nothing(wrong: dict[str, Any]) -> None:
    order = order_of(bought(make_digital(limit=1)))

    with pytest.raises(DownloadGrantInvalid):
        grant_more(**{"order_id": order.pk, "downloads": 1, "days": 1, "reason": "r", "actor": "merchant:1", "at": timezone.now(), **wrong})

    assert Download.objects.get().allowed == 1


def test_what_was_not_downloaded_can_be_given_back_without_a_reason_and_is_paid_at_once() -> None:
    checkout = bought(make_digital(price=900))
    order = order_of(checkout)

    case = opening.open_case(
        order_id=order.pk, complaint=complaint("refund_only", "withdrawal", checkout), actor="shopper:guest", at=timezone.now()
    )

    assert (case.status, case.refunded_minor) == ("refunded", 900)
    with pytest.raises(DownloadEnded):
        taken(checkout)
    assert not violations()


def test_what_was_downloaded_cannot_be_given_back_without_a_reason() -> None:
    checkout = bought(make_digital())
    taken(checkout)
    order = order_of(checkout)

    with pytest.raises(AlreadyDownloaded):
        opening.open_case(
            order_id=order.pk, complaint=complaint("refund_only", "withdrawal", checkout), actor="shopper:guest", at=timezone.now()
        )

    order.refresh_from_db()
    assert order.status == "delivered"
    assert Download.objects.get().revoked_at is None


def test_a_faulty_download_is_refunded_with_a_reason_and_its_access_ends() -> None:
    checkout = bought(make_digital())
    taken(checkout)

    case = opening.open_case(
        order_id=order_of(checkout).pk, complaint=complaint("refund_only", "faulty", checkout), actor="shopper:guest", at=timezone.now()
    )
    assert taken(checkout).used == 2
    answers.approve(case_id=case.pk, actor="merchant:1", at=timezone.now())

    with pytest.raises(DownloadEnded):
        taken(checkout)


def test_a_download_is_never_sent_back() -> None:
    seller = make_seller()
    checkout = bought(make_goods(merchant=seller), make_digital(merchant=seller))
    order = order_of(checkout)
    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="1", actor="merchant:x", at=timezone.now())
    fulfilment.mark_delivered(order_id=order.pk, actor="system:test", at=timezone.now())
    call: dict[str, Any] = {"order_id": order.pk, "actor": "shopper:guest", "at": timezone.now()}

    with pytest.raises(DigitalNotReturnable):
        opening.open_case(complaint=complaint("return", "faulty", checkout), **call)
    with pytest.raises(CaseNotPossible):
        opening.open_case(complaint=complaint("refund_only", "withdrawal", checkout), **call)

    assert opening.open_case(complaint=complaint("return", "faulty", checkout, is_digital=False), **call).status == "requested"


def test_a_shopper_cannot_cancel_what_was_downloaded_and_the_shop_can() -> None:
    seller = make_seller()
    checkout = bought(make_goods(merchant=seller), make_digital(merchant=seller))
    order = order_of(checkout)
    taken(checkout)

    with pytest.raises(AlreadyDownloaded):
        cancellation.cancel_order(order_id=order.pk, actor="shopper:guest", reason="by shopper", at=timezone.now())
    order.refresh_from_db()
    assert order.status == "paid"

    cancellation.cancel_order(order_id=order.pk, actor="merchant:1", reason="broken", at=timezone.now())
    with pytest.raises(DownloadEnded):
        taken(checkout)


def test_nothing_is_downloaded_while_a_cancellation_is_open() -> None:
    seller = make_seller()
    checkout = bought(make_goods(merchant=seller), make_digital(merchant=seller))
    order = order_of(checkout)
    fulfilment.start_preparing(order_id=order.pk, actor="merchant:1", at=timezone.now())
    case = opening.open_case(
        order_id=order.pk, complaint=complaint("cancellation", "other", checkout), actor="shopper:guest", at=timezone.now()
    )

    with pytest.raises(DownloadPaused):
        taken(checkout)

    answers.refuse(case_id=case.pk, reason="sent", actor="merchant:1", at=timezone.now())
    assert taken(checkout).used == 1


def test_a_member_buys_downloads_like_a_guest() -> None:
    user = make_user()

    checkout = bought(make_digital(), user=user)

    assert checkout.user_id == user.pk
    assert Cart.objects.filter(user=user, lines__isnull=False).count() == 0
    assert taken(checkout).used == 1
