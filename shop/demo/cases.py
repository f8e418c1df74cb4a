"""After-sales cases of the demo in different states, each step through the service a click would call."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from merchants.models import Membership
from orders.models import AfterSalesCase, CaseLine, OrderLine
from orders.services.cases import answers, disputes, opening, receiving, sending
from orders.services.cases.opening import Complaint, Wish
from orders.services.cases.receiving import Count
from orders.states import CaseKind, CaseReason, CaseStatus, Grade, OrderStatus
from shop.demo.gallery import snapshots

NAMESPACE = uuid.UUID("b1d6a3a0-3f0c-5a55-8a31-4e0f8b1b7a10")
SHOPPER, SHOWN = "shopper@demo.jishi", "merchant@demo.jishi"
HOUR = dt.timedelta(hours=1)


def play_cases(now: dt.datetime) -> None:
    """The demo's shopper has one case that waits for the shop, one in dispute and one to send back; other people's are further on."""
    own = _delivered(SHOPPER)
    for line, scene in zip(own, (_waits, _is_disputed, _is_to_send_back), strict=False):
        scene(line, now - 20 * HOUR)
    others = _delivered("")
    for line, scene in zip(others, (_is_exchanged, _is_on_its_way, _is_offered, _is_refunded), strict=False):
        scene(line, now - 22 * HOUR)


def _delivered(email: str) -> Iterator[OrderLine]:
    """Lines of delivered orders that are in no case: one person's, or everybody else's, one of each order."""
    rows = OrderLine.objects.filter(order__status=OrderStatus.DELIVERED).select_related("order__checkout", "product")
    shopper = rows.filter(order__checkout__email=email) if email else rows.exclude(order__checkout__email=SHOPPER)
    seen: set[uuid.UUID] = set()
    # The shop whose login is printed comes first, so that its inbox has something in it.
    is_shown = Exists(Membership.objects.filter(merchant=OuterRef("merchant"), user__email=SHOWN))
    for line in shopper.annotate(is_shown=is_shown).order_by("-is_shown", "order__number", "pk"):
        if email or line.order_id not in seen:
            seen.add(line.order_id)
            yield line


def _open(line: OrderLine, kind: CaseKind, reason: CaseReason, text: str, at: dt.datetime, *, photo: bool = False) -> AfterSalesCase | None:
    """The case, newly opened; None where an interrupted load has opened it before."""
    key = uuid.uuid5(NAMESPACE, str(line.pk))
    if AfterSalesCase.objects.filter(pk=key).exists():
        return None
    photos = snapshots(line.product.slug) if photo else []
    complaint = Complaint(key=key, kind=kind, reason=reason, wishes=[Wish(line.pk, 1)], text=text, photos=photos)
    return opening.open_case(order_id=line.order_id, complaint=complaint, actor=_shopper(line), at=at)


def _shopper(line: OrderLine) -> str:
    return f"shopper:{line.order.checkout.user_id}"


def _merchant(line: OrderLine) -> str:
    return f"merchant:{line.merchant_id}"


def _waits(line: OrderLine, at: dt.datetime) -> None:
    _open(line, CaseKind.RETURN, CaseReason.DAMAGED, "It arrived damaged on one side.", at, photo=True)


def _is_disputed(line: OrderLine, at: dt.datetime) -> None:
    case = _open(line, CaseKind.REFUND_ONLY, CaseReason.NOT_AS_DESCRIBED, "The colour is quite another than on the page.", at, photo=True)
    if case is not None:
        answers.refuse(case_id=case.pk, reason="The colour is the one in the pictures of the page.", actor=_merchant(line), at=at + HOUR)
        disputes.escalate(case_id=case.pk, text="Please look at my photo beside the page's.", actor=_shopper(line), at=at + 3 * HOUR)


def _is_to_send_back(line: OrderLine, at: dt.datetime) -> None:
    _open(line, CaseKind.RETURN, CaseReason.WITHDRAWAL, "", at)


def _sent(line: OrderLine, case: AfterSalesCase, at: dt.datetime) -> None:
    answers.approve(case_id=case.pk, actor=_merchant(line), at=at + HOUR)
    number = f"BACK{case.pk.int % 10**8:08d}"
    sending.send_back(case_id=case.pk, carrier="SF Express", tracking_number=number, actor=_shopper(line), at=at + 4 * HOUR)


def _received(line: OrderLine, case: AfterSalesCase, at: dt.datetime, *, grade: Grade, deduction_minor: int = 0, reason: str = "") -> None:
    counts = [Count(row.pk, row.quantity, grade, row.quantity if grade == Grade.A else 0) for row in CaseLine.objects.filter(case=case)]
    receiving.receive(
        case_id=case.pk, counts=counts, deduction_minor=deduction_minor, reason=reason, actor=_merchant(line), at=at + 16 * HOUR
    )


def _is_exchanged(line: OrderLine, at: dt.datetime) -> None:
    case = _open(line, CaseKind.EXCHANGE, CaseReason.FAULTY, "It came apart on the first day.", at)
    if case is not None:
        _sent(line, case, at)
        _received(line, case, at, grade=Grade.UNUSABLE)


def _is_refunded(line: OrderLine, at: dt.datetime) -> None:
    case = _open(line, CaseKind.RETURN, CaseReason.WITHDRAWAL, "", at)
    if case is not None and case.status == CaseStatus.APPROVED:
        number = f"BACK{case.pk.int % 10**8:08d}"
        sending.send_back(case_id=case.pk, carrier="ZTO Express", tracking_number=number, actor=_shopper(line), at=at + HOUR)
        _received(line, case, at, grade=Grade.A)


def _is_on_its_way(line: OrderLine, at: dt.datetime) -> None:
    case = _open(line, CaseKind.RETURN, CaseReason.WRONG_ITEM, "I ordered another one.", at, photo=True)
    if case is not None:
        _sent(line, case, at)


def _is_offered(line: OrderLine, at: dt.datetime) -> None:
    case = _open(line, CaseKind.REFUND_ONLY, CaseReason.DAMAGED, "The box was crushed and it has a dent.", at, photo=True)
    if case is not None:
        offer = max(case.asked_minor // 5, 1)
        words = "We are sorry. Would you keep it for a fifth of the price?"
        answers.offer(case_id=case.pk, amount_minor=offer, reason=words, actor=_merchant(line), at=at + 2 * HOUR)
