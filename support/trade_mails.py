"""Mails about companies: invitations of colleagues, and each step of a request for trade prices, or an offer of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from accounts.events import ColleagueInvited
from accounts.models import CompanyInvitation, CompanyRole
from catalog.events import TradeAccountMoved
from catalog.models import TradeAccount
from catalog.states import TradeStatus
from core.outbox import handles
from merchants.models import Membership
from support import trade_notices as notices
from support.content import Notice, Reader
from support.selectors import readers_at
from support.services import notify

TOLD_OF_TRADE = (Membership.Role.OWNER, Membership.Role.CATALOGUE)
TO_COMPANY: dict[TradeStatus, Callable[[TradeAccount], Notice]] = {
    TradeStatus.INVITED: notices.offered,
    TradeStatus.APPROVED: notices.approved,
    TradeStatus.REFUSED: notices.refused,
    TradeStatus.ENDED: notices.ended,
}


@handles(ColleagueInvited)
def mail_colleague_invited(event: ColleagueInvited) -> None:
    rows = CompanyInvitation.objects.select_related("company", "invited_by").filter(pk=uuid.UUID(event.invitation_id), used_at=None)
    invitation = rows.first()  # one that was withdrawn since is told to nobody
    if invitation is not None:
        reader = Reader(invitation.email, invitation.language)
        notify(subject_id=invitation.pk, reader=reader, write=lambda: notices.invited(invitation), at=timezone.now())


@handles(TradeAccountMoved)
def mail_trade_account_moved(event: TradeAccountMoved) -> None:
    account: TradeAccount = TradeAccount.objects.select_related("merchant", "company").get(pk=event.account_id)
    status, occasion = TradeStatus(event.to_status), uuid.UUID(event.occasion)
    # What was overtaken by a later step is told by that.
    if account.status != status:
        return
    if status in TO_COMPANY:
        for person in account.company.members.filter(company_role=CompanyRole.ADMINISTRATOR, is_active=True):
            reader = Reader(person.email, person.language)
            notify(subject_id=occasion, reader=reader, write=lambda: TO_COMPANY[status](account), at=timezone.now())
    if status == TradeStatus.REQUESTED:
        for reader in readers_at(account.merchant, TOLD_OF_TRADE):
            notify(subject_id=occasion, reader=reader, write=lambda: notices.merchant_asked(account), at=timezone.now())
