"""One case as its page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import pgettext_lazy

from core.models import StateChange
from logistics.models import Shipment
from orders import case_rules as rules
from orders.models import AfterSalesCase, CaseLine, CaseMessage, CasePhoto, CaseVerdict
from orders.selectors.cases.finding import lines_of_cases
from orders.selectors.purchases import shipments_by_order
from orders.selectors.timeline import role_of
from orders.states import CASE_WAITING, CaseKind, CaseSide, CaseStatus

ENDS = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)
_BACK = (CaseStatus.REQUESTED, CaseStatus.APPROVED, CaseStatus.SENT_BACK, CaseStatus.RECEIVED)
PATHS = {
    CaseKind.CANCELLATION: (CaseStatus.REQUESTED, CaseStatus.REFUNDED),
    CaseKind.REFUND_ONLY: (CaseStatus.REQUESTED, CaseStatus.REFUNDED),
    CaseKind.RETURN: (*_BACK, CaseStatus.REFUNDED),
    CaseKind.EXCHANGE: (*_BACK, CaseStatus.REPLACED),
    CaseKind.REPAIR: (*_BACK, CaseStatus.REPAIRED),
}
# What a step is called once it is taken, where that differs from how the state is called.
STEP_LABELS = {CaseStatus.REQUESTED: pgettext_lazy("after-sales", "Opened")}


@dataclass(frozen=True)
class CaseStep:
    """A step of a case, by whom (a role, never a person)."""

    at: dt.datetime
    status: str
    label: Any
    actor: Any
    by_deadline: bool


@dataclass(frozen=True)
class Stage:
    label: Any
    is_done: bool
    is_here: bool


@dataclass(frozen=True)
class CaseView:
    """One case as its sides see it."""

    case: AfterSalesCase
    lines: list[CaseLine]
    messages: list[CaseMessage]
    steps: list[CaseStep]
    parcels: list[Shipment]
    verdict: CaseVerdict | None

    @property
    def stages(self) -> list[Stage]:
        """The way to the end as a person sees it: what is done, where it stands, what follows."""
        passed = [step.status for step in self.steps]
        path = [status for status in PATHS[CaseKind(self.case.kind)] if status in passed or self._is_ahead(status)]
        if self.case.status not in path:
            last = next((index for index in range(len(path) - 1, -1, -1) if path[index] in passed), -1)
            ahead = [] if self.case.status in ENDS else path[last + 1 :]
            path = [*path[: last + 1], CaseStatus(self.case.status), *ahead]
        here = path.index(CaseStatus(self.case.status))
        return [
            Stage(STEP_LABELS.get(CaseStatus(status), CaseStatus(status).label), index < here, index == here)
            for index, status in enumerate(path)
        ]

    def _is_ahead(self, status: str) -> bool:
        return self.case.status not in ENDS and not any(step.status == CaseStatus.REFUSED for step in self.steps[-1:])

    @property
    def turn(self) -> CaseSide | None:
        return rules.turn_of(self.case)

    @property
    def is_open(self) -> bool:
        return self.case.status in CASE_WAITING

    @property
    def can_withdraw(self) -> bool:
        movable = CaseStatus.WITHDRAWN in AfterSalesCase.TRANSITIONS.get(self.case.status, frozenset())
        return movable and self.case.received_at is None

    @property
    def can_decline(self) -> bool:
        return self.case.status == CaseStatus.OFFERED and self.case.received_at is None

    @property
    def can_escalate(self) -> bool:
        return self.case.status in {CaseStatus.REFUSED, CaseStatus.OFFERED}

    @property
    def can_write(self) -> bool:
        return self.case.status not in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN}


def case_view(case: AfterSalesCase) -> CaseView:
    """Everything the page of a case shows; eight statements."""
    messages = CaseMessage.objects.filter(case=case).order_by("created_at", "pk")
    return CaseView(
        case=case,
        lines=list(lines_of_cases().filter(case=case)),
        messages=list(messages.prefetch_related(Prefetch("photos", CasePhoto.objects.order_by("pk")))),
        steps=_steps(case),
        parcels=shipments_by_order([case.pk]).get(case.pk, []),
        verdict=CaseVerdict.objects.filter(case=case).first(),
    )


def _steps(case: AfterSalesCase) -> list[CaseStep]:
    changes = StateChange.objects.filter(entity=AfterSalesCase._meta.label_lower, entity_id=case.pk).order_by("at", "id")
    return [
        CaseStep(
            at=change.at,
            status=change.to_status,
            label=CaseStatus(change.to_status).label if change.from_status else STEP_LABELS[CaseStatus.REQUESTED],
            actor=role_of(change.actor),
            by_deadline=change.actor == "system:deadline",
        )
        for change in changes
    ]
