"""Twenty downloads of one file at once, of which three are allowed; and a refund, or a giving back, that comes between."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from catalog.services.digital import file_path
from core.ids import uuid7
from core.invariants import violations
from orders.errors import AlreadyDownloaded, DownloadEnded, DownloadsUsedUp
from orders.models import Checkout, Download
from orders.services import downloads
from orders.services.cases.opening import Complaint, Wish, open_case
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.orders import make_buyer, make_cart, make_digital, place
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db(transaction=True)


def bought(limit: int) -> Checkout:
    checkout = place(make_cart(make_digital(limit=limit)), buyer=make_buyer(wants_digital_now=True))
    pay(checkout)
    return checkout


def take(checkout: Checkout, token: str) -> int:
    row, content = downloads.take_download(checkout=checkout, token=token, at=timezone.now())
    content.close()
    return row.used


def unguarded(checkout: Checkout, token: str) -> int:
    """The negative control: look, then write."""
    row = downloads.download_of(checkout, token)
    if row.used >= row.allowed:
        raise DownloadsUsedUp(allowed=row.allowed)
    file_path(row.file).read_bytes()
    Download.objects.filter(pk=row.pk).update(last_at=timezone.now())
    return row.used


def test_twenty_at_once_with_a_limit_of_three_serve_exactly_three() -> None:
    checkout, before = bought(3), deadlocks()
    token = Download.objects.get().token

    outcomes = at_once([partial(take, checkout, token)] * 20)

    assert len(successes(outcomes)) == 3
    assert {type(error) for error in refusals(outcomes)} == {DownloadsUsedUp}
    assert Download.objects.get().used == 3
    assert deadlocks() == before


def test_without_the_guard_more_than_three_are_served() -> None:
    checkout = bought(3)
    token = Download.objects.get().token

    assert len(successes(at_once([partial(unguarded, checkout, token)] * 20))) > 3


def test_giving_back_and_downloading_at_once_have_one_outcome() -> None:
    for _ in range(5):
        checkout = bought(3)
        order = checkout.orders.get()
        token = Download.objects.get(line__order=order).token
        wish = Wish(order.lines.get().pk, 1)
        complaint = Complaint(key=uuid7(), kind="refund_only", reason="withdrawal", wishes=[wish])
        give_back = partial(open_case, order_id=order.pk, complaint=complaint, actor="shopper:guest", at=timezone.now())

        given, taken = at_once([give_back, partial(take, checkout, token)])

        is_given = not isinstance(given, Exception)
        assert isinstance(taken, DownloadEnded) if is_given else isinstance(given, AlreadyDownloaded), (given, taken)
        row = Download.objects.get(line__order=order)
        assert (row.used, row.revoked_at is not None) == ((0, True) if is_given else (1, False))
    assert violations() == {}
