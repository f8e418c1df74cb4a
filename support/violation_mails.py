"""Mails about broken rules: to the merchant when one is in force or decided, to the operator when one is appealed."""

from __future__ import annotations

import uuid

from django.utils import timezone

from core.outbox import handles
from merchants.events import ViolationMoved
from merchants.models import Violation
from payments.events import PenaltyMoved
from payments.models import Penalty
from support import violation_notices as notices
from support.selectors import TOLD_OF_MONEY, operators, readers_at
from support.services import notify

Status = Violation.Status
TO_MERCHANT = {Status.OPEN: notices.opened, Status.UPHELD: notices.upheld, Status.LIFTED: notices.lifted}


@handles(ViolationMoved)
def mail_violation_moved(event: ViolationMoved) -> None:
    row = Violation.objects.select_related("merchant").get(pk=event.violation_id)
    status, occasion = Status(event.to_status), uuid.UUID(event.occasion)
    # What was overtaken by a later step is told by that.
    if row.status != status:
        return
    if status in TO_MERCHANT:
        for reader in readers_at(row.merchant):
            notify(subject_id=occasion, reader=reader, write=lambda: TO_MERCHANT[status](row), at=timezone.now())
    if status == Status.APPEALED:
        for reader in operators():
            notify(subject_id=occasion, reader=reader, write=lambda: notices.appealed(row), at=timezone.now())


@handles(PenaltyMoved)
def mail_penalty_moved(event: PenaltyMoved) -> None:
    penalty = Penalty.objects.select_related("merchant", "violation").get(pk=event.penalty_id)
    if penalty.status == event.to_status:
        for reader in readers_at(penalty.merchant, TOLD_OF_MONEY):
            notify(subject_id=penalty.pk, reader=reader, write=lambda: notices.penalty_moved(penalty), at=timezone.now())
