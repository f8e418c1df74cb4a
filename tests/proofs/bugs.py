"""Bugs as other shops have had them, each a small change to the running code, and the rig that must see it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core.compiled import change as guarded_change
from core.compiled import compiled
from logistics import services as logistics
from logistics.errors import OutOfStock
from logistics.models import Reservation, Stock, StockMovement
from orders.models import Cart, Checkout, MerchantOrder
from orders.services import payment
from payments import gateways, postings
from payments.errors import RefundExceedsCaptured
from payments.gateways import sandbox_books
from payments.models import EscrowHold, EscrowReturn, PaymentAttempt, Payout, Refund
from payments.postings import Account, PostingKind
from payments.selectors import latest_attempt
from payments.services import ledger
from tests.proofs import case_scenes, scenes, stories
from tests.proofs.crash import crash_at_every_point, every
from tests.proofs.interleaving import at_every_point
from tests.stateful.life import live


@dataclass(frozen=True)
class Bug:
    """`changes` are what is put in the place of the real thing, by its dotted name."""

    changes: dict[str, Any]
    seen_by: Callable[[], object]

    @contextmanager
    def planted(self) -> Iterator[None]:
        with ExitStack() as stack:
            for name, change in self.changes.items():
                stack.enter_context(mock.patch(name, change))
            yield


# Locks and guards that are missing.


@compiled
def cart_without_lock(cart_id: uuid.UUID) -> QuerySet[Any]:
    return Cart.objects.filter(pk=cart_id).annotate(clock=Now())


def purchase_without_lock(checkout_id: uuid.UUID) -> Checkout:
    return Checkout.objects.get(pk=checkout_id)


def hold_without_lock(reference: uuid.UUID) -> EscrowHold:
    return EscrowHold.objects.get(reference=reference)


def change_without_guard(model: Any, where: dict[str, Any], values: dict[str, Any]) -> int:
    """The UPDATE of a move forgets to ask for the old status."""
    return guarded_change(model, {name: value for name, value in where.items() if name != "status"}, values)


def reserve_what_was_read(*, reference: uuid.UUID, lines: Any, expires_at: dt.datetime, at: dt.datetime, **_: Any) -> list[Reservation]:
    held = []
    for ordinal, line in enumerate(lines):
        stock = Stock.objects.get(variant_id=line.variant_id)
        if stock.available < line.quantity:
            raise OutOfStock(variant_id=line.variant_id, available=stock.available)
        wanted = {"group": line.group, "quantity": line.quantity, "expires_at": expires_at, "ordinal": ordinal}
        held.append(Reservation.objects.create(merchant_id=line.merchant_id, stock=stock, reference=reference, created_at=at, **wanted))
        Stock.objects.filter(pk=stock.pk).update(reserved=stock.reserved + line.quantity)
    return held


def refund_what_was_read(*, attempt_id: uuid.UUID, reference: uuid.UUID, amount_minor: int, at: dt.datetime, **_: Any) -> Refund:
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    if attempt.refunded_minor + amount_minor > attempt.amount_minor:
        raise RefundExceedsCaptured
    refund_id = uuid.uuid4()
    made = {"id": refund_id, "attempt": attempt, "reference": reference, "idempotency_key": refund_id.hex, "cause": refund_id}
    made |= {"amount_minor": amount_minor, "currency": attempt.currency, "reason": "", "next_poll_at": at}
    refund = Refund.objects.create(**made)
    PaymentAttempt.objects.filter(pk=attempt_id).update(refunded_minor=attempt.refunded_minor + amount_minor)
    return refund


# What is done twice.


def pay_back_without_key(refund: Refund, at: dt.datetime) -> Any:
    """Never looks first, and a new key each time."""
    key = uuid.uuid4().hex
    sandbox_books.open_refund(payment_key=refund.attempt.idempotency_key, key=key, amount_minor=refund.amount_minor)
    return gateways.gateway("sandbox").fetch_refund(replace_key(refund, key))


def replace_key(refund: Refund, key: str) -> Refund:
    found: Refund = Refund.objects.select_related("attempt").get(pk=refund.pk)
    found.idempotency_key = key
    return found


def transfer_again_without_key(payout: Payout, at: dt.datetime) -> Any:
    """The first time all is well; whoever comes after a crash does not look, and takes a new key."""
    if payout.polls > 1:
        payout.idempotency_key = uuid.uuid4().hex
    return gateways.transfer_gateway(payout.gateway).transfer(payout)


def read_as_another_message(headers: Any, body: bytes) -> Any:
    """Every delivery looks like news."""
    return replace(_read_webhook(headers, body), event_id=uuid.uuid4().hex)


_read_webhook = gateways.gateway("sandbox").read_webhook
_post, _release = ledger.post, logistics.release_reservations


def post_releases_twice(*, posting: postings.Posting, at: dt.datetime, **options: Any) -> None:
    _post(posting=posting, at=at, **options)
    if posting.kind == PostingKind.RELEASE:
        _post(posting=replace(posting, key=f"{posting.key}:again"), at=at, **options)


def release_and_restock(*, reference: uuid.UUID, group: uuid.UUID | None = None, **how: Any) -> int:
    """Gives the promise back, and then the pieces as well."""
    rows = list(Reservation.objects.filter(reference=reference, status="committed").select_related("stock"))
    moved = _release(reference=reference, group=group, **how)
    for row in rows:
        StockMovement.objects.create(stock=row.stock, delta=row.quantity, reason=StockMovement.Reason.RETURNED, actor="bug", note="")
        Stock.objects.filter(pk=row.stock_id).update(on_hand=F("on_hand") + row.quantity)
    return moved


# What is forgotten.


_taken_back = postings.taken_back


def refund_of_the_operators(row: EscrowHold, taken: Any) -> postings.Posting:
    """The shopper gets the money back, and the merchant keeps it too."""
    posting = _taken_back(row, taken)
    mine = {Account.PAYABLE, Account.COMMISSION}
    legs = [replace(leg, kind=Account.SUBSIDIES, owner="") if leg.kind in mine else leg for leg in posting.legs]
    return replace(posting, legs=legs)


def settle_as_the_return_address_says(*, checkout_id: uuid.UUID, at: dt.datetime) -> Checkout:
    """Whoever comes back has paid."""
    attempt = latest_attempt(checkout_id)
    assert attempt is not None
    return payment.mark_paid(
        checkout_id=checkout_id, attempt_id=attempt.pk, amount_minor=attempt.amount_minor, currency=attempt.currency, at=at
    )


def expire_whatever_is_old(*, at: dt.datetime, limit: int = 200) -> int:
    """Does not look whether it was paid."""
    for checkout in Checkout.objects.filter(expires_at__lte=at).exclude(status__in=["expired", "cancelled"]):
        Checkout.objects.filter(pk=checkout.pk).update(status="expired")
        MerchantOrder.objects.filter(checkout=checkout).update(status="expired")
        logistics.release_reservations(reference=checkout.pk, at=timezone.now(), reason="unpaid")
    return 0


def take_all_there_was(row: EscrowHold, cause: uuid.UUID, amount: int, *_: Any) -> EscrowReturn:
    """Gives back whatever is asked for, if the order had cost that much once."""
    return EscrowReturn(hold=row, cause=cause, amount_minor=min(amount, row.amount_minor), commission_minor=0, commission_tax_minor=0)


def all_to_the_first(holds: Any, amount_minor: int) -> list[tuple[EscrowHold, int]]:
    """Whoever has enough left pays for both."""
    return [(row, amount_minor) for row in holds if row.left_minor >= amount_minor > 0][:1]


def nothing(*_: Any, **__: Any) -> int:
    return 0


def scene(make: Callable[[], Any], *, stride: int = 1) -> Callable[[], object]:
    return lambda: at_every_point(make(), stride=stride)


def story(make: Callable[[], Any]) -> Callable[[], object]:
    return lambda: crash_at_every_point(make(), every(2, 0))


BUGS: dict[str, Bug] = {
    "no lock on the cart": Bug({"orders.services.checkout._locked_cart": cart_without_lock}, scene(scenes.same_cart)),
    "stock read, then written": Bug({"logistics.services.reserve": reserve_what_was_read}, scene(scenes.last_piece)),
    "no lock and no guard on the purchase": Bug(
        {
            "orders.services.payment.locked_checkout": purchase_without_lock,
            "orders.services.cancellation.locked_checkout": purchase_without_lock,
            "core.states.change": change_without_guard,
        },
        scene(lambda: scenes.paying_and_ending(scenes.cancelling_of, ending_first=False)),
    ),
    "no lock on the hold": Bug(
        {"payments.services.escrow._locked": hold_without_lock}, scene(lambda: scenes.part_and_release(release_first=False))
    ),
    "refund read, then written": Bug(
        {"payments.services.refunds.request_refund": refund_what_was_read}, scene(scenes.two_refunds_of_sixty_percent)
    ),
    "webhook not deduplicated": Bug(
        {"payments.gateways.sandbox.SandboxGateway.read_webhook": lambda self, headers, body: read_as_another_message(headers, body)},
        scene(scenes.webhook_twice),
    ),
    "refund without a key": Bug({"payments.services.refunds._ask_provider": pay_back_without_key}, story(stories.part_refund)),
    "payout transferred twice": Bug({"payments.services.transfers._ask_provider": transfer_again_without_key}, story(stories.payout)),
    "counted twice, on the shelf twice": Bug(
        {"orders.services.cases.receiving.must_be": nothing, "orders.services.cases.receiving.move": nothing},
        scene(case_scenes.parcel_counted_twice),
    ),
    "amount not compared": Bug({"payments.services.settlement._difference": lambda attempt, seen: ""}, live),
    "refund without taking it from the merchant": Bug({"payments.postings.taken_back": refund_of_the_operators}, live),
    "refund without taking the points back": Bug({"loyalty.services.claw_back": nothing}, live),
    "restocked twice": Bug({"logistics.services.release_reservations": release_and_restock}, live),
    "released twice": Bug({"payments.services.ledger.post": post_releases_twice}, live),
    "expiry that does not look at payments": Bug({"orders.services.expiry.expire_unpaid": expire_whatever_is_old}, live),
    "hold without a capture": Bug(
        {"orders.services.payment.settle": settle_as_the_return_address_says, "payments.services.escrow._is_paid": lambda *_: True}, live
    ),
    "late payment kept": Bug({"orders.services.payment._return_money": nothing}, live),
    "credit of an unpaid purchase kept": Bug({"orders.services.unpaid.return_credit": nothing}, live),
    "replacement that nobody keeps": Bug({"orders.services.cases.answers._keep_replacement": lambda *_: True}, live),
    "lost dispute borne by one merchant": Bug({"payments.services.provider_disputes._shares": all_to_the_first}, live),
    "won dispute still claimed": Bug({"payments.services.escrow.lift": nothing}, live),
    "part refund above the hold": Bug({"payments.services.escrow._taking": take_all_there_was}, scene(scenes.two_parts_of_sixty_percent)),
}
