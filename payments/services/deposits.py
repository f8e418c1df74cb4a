"""Deposits of merchants: how much is asked for, what is paid or held back, and what goes back after a shop has closed.

Whoever moves a deposit locks the merchant's Deposit row first and its payable balance second.
"""

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Product
from merchants.models import Merchant
from payments import postings
from payments.errors import DepositNotNeeded, DepositRuleInvalid, DepositRuleKnown, DepositTooMuch
from payments.models import Deposit, DepositMovement, DepositRule
from payments.postings import Account, PostingKind
from payments.selectors.deposits import has_undecided_penalty
from payments.services import ledger

log = logging.getLogger(__name__)
ACTOR = "system:deposits"
LOOK_EVERY = dt.timedelta(minutes=10)
Kind = DepositMovement.Kind
POSTED = {
    Kind.PAID: PostingKind.DEPOSIT_PAID,
    Kind.HELD_BACK: PostingKind.DEPOSIT_HELD_BACK,
    Kind.RETURNED: PostingKind.DEPOSIT_RETURNED,
}


@transaction.atomic
def save_rule(
    *, rule_id: uuid.UUID | None, kind: str, category_id: uuid.UUID | None, amount_minor: int, is_active: bool, at: dt.datetime
) -> DepositRule:
    """Ask merchants of a kind (every kind where it is empty), or with goods in a category, for a deposit; deposits follow within minutes.

    Args:
        amount_minor: in minor units of the marketplace's currency.

    Raises:
        DepositRuleInvalid: an amount that is none.
        DepositRuleKnown: another one in force is about the same.
    """
    if amount_minor <= 0:
        raise DepositRuleInvalid
    row = (DepositRule.objects.filter(pk=rule_id).first() if rule_id else None) or DepositRule(created_at=at)
    for name, value in {"kind": kind, "category_id": category_id, "amount_minor": amount_minor, "is_active": is_active}.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DepositRuleKnown from error
    Deposit.objects.filter(next_look_at__gt=at).update(next_look_at=at)
    return row


def required_minor(merchant: Merchant) -> int:
    """What the rules ask of a merchant: the highest that fits its kind and where its goods on sale stand."""
    rules = DepositRule.objects.filter(is_active=True, kind__in=["", merchant.kind]).select_related("category").order_by("-amount_minor")
    return next((rule.amount_minor for rule in rules if _is_in(merchant, rule)), 0)


def _is_in(merchant: Merchant, rule: DepositRule) -> bool:
    if rule.category is None:
        return True
    goods = Product.objects.for_merchant(merchant).filter(status=Product.Status.PUBLISHED)
    return bool(goods.filter(category__path__startswith=rule.category.path).exists())


def deposit_row(*, merchant_id: uuid.UUID, at: dt.datetime) -> Deposit:
    """A merchant's row, made if there is none yet, and locked: call it in a transaction."""
    missing = Deposit(merchant_id=merchant_id, currency=settings.CURRENCY, next_look_at=at, created_at=at)
    Deposit.objects.bulk_create([missing], ignore_conflicts=True)
    row: Deposit = Deposit.objects.select_for_update(of=("self",)).select_related("merchant").get(merchant_id=merchant_id)
    return row


@transaction.atomic
def pay_deposit(*, merchant_id: uuid.UUID, amount_minor: int, key: str, actor: str, at: dt.datetime) -> DepositMovement:
    """Pay into the deposit from the merchant's balance. The same `key`, which the form carries, is the same payment.

    Args:
        amount_minor: in minor units of the marketplace's currency, at most what is missing.

    Raises:
        DepositNotNeeded: nothing is missing.
        DepositTooMuch: more than is missing or than the balance has, or not an amount.
    """
    row = deposit_row(merchant_id=merchant_id, at=at)
    known: DepositMovement | None = DepositMovement.objects.filter(merchant_id=merchant_id, key=_key(merchant_id, key)).first()
    if known is not None:
        return known
    missing, payable = _missing(row), _payable(row)
    if missing <= 0:
        raise DepositNotNeeded
    if not 0 < amount_minor <= min(missing, payable):
        raise DepositTooMuch
    return move(row, Kind.PAID, amount_minor, key=_key(merchant_id, key), actor=actor, at=at)


def _key(merchant_id: uuid.UUID, key: str) -> str:
    return f"paid:{merchant_id.hex}:{key[:36]}"


def _missing(row: Deposit) -> int:
    return row.required_minor - ledger.locked_balance(kind=Account.DEPOSIT, owner=row.merchant_id, currency=row.currency)


def _payable(row: Deposit) -> int:
    return ledger.locked_balance(kind=Account.PAYABLE, owner=row.merchant_id, currency=row.currency)


def move(row: Deposit, kind: str, amount_minor: int, *, key: str, actor: str, at: dt.datetime) -> DepositMovement:
    """Write a movement and, but for penalties, its posting; the caller has locked the row."""
    movement = DepositMovement(merchant_id=row.merchant_id, kind=kind, amount_minor=amount_minor, currency=row.currency, key=key)
    movement.actor, movement.created_at = actor, at
    movement.save(force_insert=True)
    if kind in POSTED:
        ledger.post(posting=postings.deposit(movement, POSTED[DepositMovement.Kind(kind)]), at=at)
    return movement


def look_after_deposits(*, at: dt.datetime, limit: int = 100) -> int:
    """Sweep: say anew what each merchant owes, hold back what is missing, give back what closed shops left; returns how many were due."""
    _open(at)
    due = Deposit.objects.filter(next_look_at__lte=at).order_by("next_look_at").values_list("merchant_id", flat=True)[:limit]
    return sum(_look(merchant_id, at) for merchant_id in list(due))


def _open(at: dt.datetime) -> None:
    """Merchants get a row as soon as anything is asked of anybody."""
    if DepositRule.objects.filter(is_active=True).exists():
        others = Merchant.objects.filter(deposit=None).exclude(status=Merchant.Status.CLOSED).values_list("pk", flat=True)[:500]
        rows = [Deposit(merchant_id=pk, currency=settings.CURRENCY, next_look_at=at, created_at=at) for pk in others]
        Deposit.objects.bulk_create(rows, ignore_conflicts=True)


def _look(merchant_id: uuid.UUID, at: dt.datetime) -> bool:
    """One merchant whose books refuse must not keep the others waiting."""
    try:
        with transaction.atomic():
            rows = Deposit.objects.select_for_update(skip_locked=True, of=("self",)).select_related("merchant")
            row = rows.filter(merchant_id=merchant_id, next_look_at__lte=at).first()
            if row is None:
                return False
            row.next_look_at = at + LOOK_EVERY
            row.required_minor = 0 if row.merchant.is_closed else required_minor(row.merchant)
            row.save(update_fields=["next_look_at", "required_minor"])
            _settle(row, at)
    except Exception:
        log.exception("deposit not looked after", extra={"merchant": str(merchant_id)})
        Deposit.objects.filter(merchant_id=merchant_id).update(next_look_at=at + LOOK_EVERY)
    return True


def _settle(row: Deposit, at: dt.datetime) -> None:
    held = min(_missing(row), _payable(row))
    if held > 0 and not row.merchant.is_closed:
        key = f"held_back:{row.merchant_id.hex}:{int(at.timestamp() * 1_000_000)}"
        move(row, Kind.HELD_BACK, held, key=key, actor=ACTOR, at=at)
    elif row.merchant.is_closed and _is_free(row.merchant, at):
        left = -_missing(row)
        if left > 0:
            move(row, Kind.RETURNED, -left, key=f"returned:{row.merchant_id.hex}:{at:%Y%m%d%H%M%S}", actor=ACTOR, at=at)


def _is_free(merchant: Merchant, at: dt.datetime) -> bool:
    """A closed shop's deposit is there for its last buyers, and for penalties, until the time for returns is over."""
    window = dt.timedelta(days=settings.AFTER_SALES_DAYS)
    is_over = merchant.closed_at is not None and merchant.closed_at + window <= at
    return is_over and not has_undecided_penalty(merchant.pk)


def returned_from(merchant: Merchant) -> dt.date | None:
    """The day from which a closed shop gets its deposit back."""
    if merchant.closed_at is None:
        return None
    return timezone.localdate(merchant.closed_at + dt.timedelta(days=settings.AFTER_SALES_DAYS))
