"""Who gets trade prices: a company asks a merchant, or the merchant offers them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction

from accounts.errors import CompanyNotFound, NotCompanyAdministrator
from accounts.models import Company, User
from catalog.errors.trade import (
    CompanyHasAccount,
    CompanyNumberUnknown,
    PriceListNotFound,
    TooManyTradeRequests,
    TradeAccountKnown,
    TradeAccountNotFound,
    TradeMessageTooLong,
)
from catalog.events import TradeAccountMoved
from catalog.models import PriceList, TradeAccount
from catalog.rules.texts import storable
from catalog.states import TradeStatus
from core import outbox
from core.ids import uuid7
from core.states import move_to, record_change, write_changes
from merchants.models import Merchant

MOST_OPEN = 50


@transaction.atomic
def ask_trade_prices(*, user: User, merchant: Merchant, message: str, at: dt.datetime) -> TradeAccount:
    """An administrator of a company asks a merchant for its trade prices.

    Raises:
        CompanyNotFound, NotCompanyAdministrator: the person does not speak for a company.
        TradeAccountKnown: the company has asked, or was refused, already.
        TooManyTradeRequests: as many wait as may.
        TradeMessageTooLong.
    """
    company, said = _company(user), storable(message).strip()
    if len(said) > 1_000:
        raise TradeMessageTooLong
    if TradeAccount.objects.filter(company=company, status=TradeStatus.REQUESTED).count() >= MOST_OPEN:
        raise TooManyTradeRequests(most=MOST_OPEN)
    account = _account(merchant, company)
    if account is not None and account.status != TradeStatus.ENDED:
        raise TradeAccountKnown
    changes = {"message": said, "note": "", "price_list_id": None}
    return _begin(account, merchant, company, TradeStatus.REQUESTED, actor=_actor(user), at=at, changes=changes)


@transaction.atomic
def offer_trade_prices(*, merchant: Merchant, number: str, price_list_id: uuid.UUID, actor: str, at: dt.datetime) -> TradeAccount:
    """A merchant offers a company, whose number it was told, a price list; the company's administrators say yes or no.

    Raises:
        CompanyNumberUnknown, PriceListNotFound.
        CompanyHasAccount: there is an account, an offer or an open request.
    """
    price_list = _own_list(merchant, price_list_id)
    company = Company.objects.select_for_update(no_key=True).filter(number=storable(number).strip().upper()).first()
    if company is None:
        raise CompanyNumberUnknown
    account = _account(merchant, company)
    if account is not None and TradeStatus.INVITED not in account.TRANSITIONS.get(account.status, ()):
        raise CompanyHasAccount
    changes = {"price_list_id": price_list.pk, "note": ""}
    return _begin(account, merchant, company, TradeStatus.INVITED, actor=actor, at=at, changes=changes)


@transaction.atomic
def approve_request(*, account_id: uuid.UUID, merchant: Merchant, price_list_id: uuid.UUID, actor: str, at: dt.datetime) -> TradeAccount:
    """Give a company that has asked a price list; raises TradeAccountNotFound, PriceListNotFound, IllegalTransition, StaleState."""
    account = _of_merchant(merchant, account_id)
    if account.status != TradeStatus.REQUESTED:
        raise CompanyHasAccount
    _move(account, TradeStatus.APPROVED, actor=actor, at=at, price_list_id=_own_list(merchant, price_list_id).pk)
    return account


@transaction.atomic
def refuse_request(*, account_id: uuid.UUID, merchant: Merchant, reason: str, actor: str, at: dt.datetime) -> TradeAccount:
    """Give no trade prices; the company reads why. Raises TradeAccountNotFound, IllegalTransition, StaleState."""
    account = _of_merchant(merchant, account_id)
    said = storable(reason).strip()[:200]
    _move(account, TradeStatus.REFUSED, actor=actor, at=at, reason=said, note=said)
    return account


@transaction.atomic
def change_list(*, account_id: uuid.UUID, merchant: Merchant, price_list_id: uuid.UUID) -> TradeAccount:
    """Give a company that has trade prices another list; raises TradeAccountNotFound, PriceListNotFound."""
    account = _of_merchant(merchant, account_id)
    if account.status not in {TradeStatus.APPROVED, TradeStatus.INVITED}:
        raise TradeAccountNotFound
    account.price_list = _own_list(merchant, price_list_id)
    account.save(update_fields=["price_list"])
    return account


@transaction.atomic
def end_by_merchant(*, account_id: uuid.UUID, merchant: Merchant, reason: str, actor: str, at: dt.datetime) -> TradeAccount:
    """Take trade prices, or the offer of them, back; raises TradeAccountNotFound, IllegalTransition, StaleState."""
    account, said = _of_merchant(merchant, account_id), storable(reason).strip()[:200]
    _move(account, TradeStatus.ENDED, actor=actor, at=at, reason=said, note=said)
    return account


@transaction.atomic
def accept_offer(*, account_id: uuid.UUID, user: User, at: dt.datetime) -> TradeAccount:
    """An administrator says yes to what a merchant offers.

    Raises:
        CompanyNotFound, NotCompanyAdministrator, TradeAccountNotFound, IllegalTransition, StaleState.
    """
    account = _of_company(_company(user), account_id)
    if account.status == TradeStatus.REQUESTED:
        raise TradeAccountNotFound  # the table lets the merchant agree to a request, not whoever asked
    _move(account, TradeStatus.APPROVED, actor=_actor(user), at=at)
    return account


@transaction.atomic
def end_by_company(*, account_id: uuid.UUID, user: User, at: dt.datetime) -> TradeAccount:
    """Withdraw a request, decline an offer, or do without trade prices.

    Raises:
        CompanyNotFound, NotCompanyAdministrator, TradeAccountNotFound, IllegalTransition, StaleState.
    """
    account = _of_company(_company(user), account_id)
    _move(account, TradeStatus.ENDED, actor=_actor(user), at=at)
    return account


def _company(user: User) -> Company:
    """The company a person speaks for, held: what it asks at once waits for each other."""
    company = Company.objects.select_for_update(no_key=True, of=("self",)).filter(members=user.pk).first()
    if company is None:
        raise CompanyNotFound
    if not User.objects.filter(pk=user.pk, company=company, company_role="administrator").exists():
        raise NotCompanyAdministrator
    return company


def _actor(user: User) -> str:
    return f"shopper:{user.pk}"


def _account(merchant: Merchant, company: Company) -> TradeAccount | None:
    found: TradeAccount | None = TradeAccount.objects.select_for_update().filter(merchant=merchant, company=company).first()
    return found


def _of_merchant(merchant: Merchant, account_id: uuid.UUID) -> TradeAccount:
    return _found(TradeAccount.objects.for_merchant(merchant), account_id)


def _of_company(company: Company, account_id: uuid.UUID) -> TradeAccount:
    return _found(TradeAccount.objects.filter(company=company), account_id)


def _found(rows: Any, account_id: uuid.UUID) -> TradeAccount:
    account: TradeAccount | None = rows.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise TradeAccountNotFound
    return account


def _own_list(merchant: Merchant, price_list_id: uuid.UUID) -> PriceList:
    found: PriceList | None = PriceList.objects.for_merchant(merchant).filter(pk=price_list_id).first()
    if found is None:
        raise PriceListNotFound
    return found


def _begin(
    account: TradeAccount | None, merchant: Merchant, company: Company, status: TradeStatus, *, actor: str, at: dt.datetime, changes: Any
) -> TradeAccount:
    if account is not None:
        _move(account, status, actor=actor, at=at, **changes)
        return account
    try:
        with transaction.atomic():
            account = TradeAccount.objects.create(merchant=merchant, company=company, status=status, moved_at=at, created_at=at, **changes)
    except IntegrityError as error:
        raise CompanyHasAccount from error
    write_changes([record_change(account, "", status, actor=actor, reason="", at=at)])
    _tell(account)
    return account


def _move(account: TradeAccount, status: TradeStatus, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    move_to(account, status, actor=actor, at=at, reason=reason, moved_at=at, **changes)
    _tell(account)


def _tell(account: TradeAccount) -> None:
    outbox.publish(TradeAccountMoved(account_id=str(account.pk), to_status=str(account.status), occasion=str(uuid7())))
