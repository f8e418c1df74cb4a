"""One function per mail about after-sales cases; each is called while the reader's language is active."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.i18n import translated
from logistics.models import Shipment
from orders.models import AfterSalesCase, CaseMessage, CaseVerdict
from orders.states import CaseKind, CaseReason
from support.content import Line, Notice, Parcel, Row, language, moment, money
from support.links import case_url, merchant_case_url, operator_url


def _seller(case: AfterSalesCase) -> str:
    return str(translated({"name": case.merchant.name}, case.merchant.i18n, "name", language()))


def _facts(case: AfterSalesCase, *more: Row) -> list[Row]:
    kind = Row(_("About"), f"{case.get_kind_display()} · {case.get_reason_display()}")
    return [Row(_("Case"), case.number), kind, *more]


def _goods(case: AfterSalesCase) -> list[Parcel]:
    lines = [
        Line(
            title=translated({"title": line.order_line.title}, line.order_line.i18n, "title", language()),
            options=", ".join(line.order_line.options.values()),
            quantity=line.quantity,
            price=money(line.order_line.price_minor, case.currency),
            total=money(line.order_line.price_minor * line.quantity, case.currency),
        )
        for line in case.lines.all()
    ]
    return [Parcel(_seller(case), case.order.number, lines)]


def _due(case: AfterSalesCase) -> str:
    return moment(case.due_at) if case.due_at else ""


def _to_shopper(case: AfterSalesCase, kind: str, subject: str, lead: Sequence[str], *facts: Row) -> Notice:
    return Notice(
        kind=kind,
        subject=subject,
        heading=subject,
        lead=[text for text in lead if text],
        button=_("See your case"),
        url=case_url(case),
        facts=_facts(case, *facts),
        parcels=_goods(case),
    )


def _to_merchant(case: AfterSalesCase, kind: str, subject: str, lead: Sequence[str], *facts: Row) -> Notice:
    return Notice(
        kind=kind,
        subject=subject,
        heading=subject,
        lead=[text for text in lead if text],
        button=_("Open the case"),
        url=merchant_case_url(case),
        facts=_facts(case, *facts),
        parcels=_goods(case),
    )


def opened(case: AfterSalesCase) -> Notice:
    """What the shopper has declared, to keep. For a withdrawal it is the receipt the law asks for: what, when, with which effect."""
    asked = Row(_("Asked for"), money(case.asked_minor, case.currency), is_total=True)
    when = Row(_("Received"), moment(case.opened_at))
    if case.reason == CaseReason.WITHDRAWAL:
        text = _("You have withdrawn from the contract about the goods below, from when we received it. Please keep this receipt.")
        back = _("Please send the goods back by %(when)s and enter the tracking number on the page of your case.") % {"when": _due(case)}
        return _to_shopper(
            case, "case_withdrawal", _("Receipt of your withdrawal %(number)s") % {"number": case.number}, [text, back], when, asked
        )
    answer = _("%(merchant)s answers by %(when)s. Without an answer until then, your case is approved.")
    lead = [answer % {"merchant": _seller(case), "when": _due(case)}, _("The money stays held until it is settled.")]
    return _to_shopper(case, "case_opened", _("We have your case %(number)s") % {"number": case.number}, lead, when, asked)


def approved(case: AfterSalesCase) -> Notice:
    sold_out = _("A replacement is sold out, so you get your money back.") if case.kind == CaseKind.RETURN and _was_exchange(case) else ""
    back = _("Please send the goods back by %(when)s and enter the tracking number on the page of your case.") % {"when": _due(case)}
    address = Row(_("Send it to"), f"{_seller(case)}, {case.return_to}")
    return _to_shopper(case, "case_approved", _("Case %(number)s is approved") % {"number": case.number}, [sold_out, back], address)


def _was_exchange(case: AfterSalesCase) -> bool:
    return any(line.wanted_variant_id for line in case.lines.all())


def offered(case: AfterSalesCase) -> Notice:
    offer = Row(_("Offered"), money(case.agreed_minor or 0, case.currency), is_total=True)
    lead = [
        _("%(merchant)s offers you an amount. Without an answer it is paid to you on %(when)s.")
        % {"merchant": _seller(case), "when": _due(case)}
    ]
    return _to_shopper(case, "case_offered", _("An offer in case %(number)s") % {"number": case.number}, lead, offer)


def refused(case: AfterSalesCase, why: str) -> Notice:
    lead = [_("You can take it to the marketplace until %(when)s; people there decide.") % {"when": _due(case)}] if case.due_at else []
    reason = [Row(_("Reason"), why)] if why else []
    return _to_shopper(case, "case_refused", _("Case %(number)s was refused") % {"number": case.number}, lead, *reason)


def refunded(case: AfterSalesCase) -> Notice:
    back = Row(_("Refund"), money(case.refunded_minor, case.currency), is_total=True)
    lead = [_("The money goes back the way it came, points to your account. Cards need a few days.")]
    return _to_shopper(case, "case_refunded", _("Your refund in case %(number)s") % {"number": case.number}, lead, back)


def on_its_way(case: AfterSalesCase, parcels: Iterable[Shipment]) -> Notice:
    tracking = [Row(parcel.carrier, parcel.tracking_number) for parcel in parcels]
    subject = _("Your repaired goods are on their way") if case.kind == CaseKind.REPAIR else _("Your replacement is on its way")
    return _to_shopper(case, f"case_{case.status}", subject, [], *tracking)


def ran_out(case: AfterSalesCase) -> Notice:
    """Nothing came from the shopper in time."""
    lead = [_("The time for the next step is over, so the case is closed. The money for these goods goes on to the merchant.")]
    return _to_shopper(case, "case_closed", _("Case %(number)s is closed") % {"number": case.number}, lead)


def verdict(case: AfterSalesCase, decided: CaseVerdict, *, to_merchant: bool) -> Notice:
    subject = _("Verdict in case %(number)s") % {"number": case.number}
    facts = [
        Row(_("Verdict"), str(decided.get_outcome_display())),
        Row(_("Reason"), decided.reason),
        Row(_("Refund"), money(decided.amount_minor, case.currency), is_total=True),
    ]
    lead = [_("The goods are sent back first.")] if decided.goods_back else []
    return (_to_merchant if to_merchant else _to_shopper)(case, "case_verdict", subject, lead, *facts)


def merchant_opened(case: AfterSalesCase) -> Notice:
    """Somebody wants something; a withdrawal needs no answer."""
    asked = Row(_("Asked for"), money(case.asked_minor, case.currency), is_total=True)
    if case.reason == CaseReason.WITHDRAWAL:
        lead = [
            _("The shopper has withdrawn from the contract, which needs no consent. The goods come back to you; please count them then.")
        ]
    else:
        lead = [_("Please answer by %(when)s. Without an answer it is approved.") % {"when": _due(case)}]
    return _to_merchant(case, "merchant_case_opened", _("New case %(number)s") % {"number": case.number}, lead, asked)


def merchant_asked_again(case: AfterSalesCase) -> Notice:
    lead = [_("The shopper has not taken your offer. Please answer again by %(when)s.") % {"when": _due(case)}]
    return _to_merchant(case, "merchant_case_asked_again", _("Your offer in case %(number)s was declined") % {"number": case.number}, lead)


def merchant_approved(case: AfterSalesCase) -> Notice:
    lead = [_("There was no answer from you in time, so the case is approved.")]
    return _to_merchant(case, "merchant_case_approved", _("Case %(number)s is approved") % {"number": case.number}, lead)


def merchant_sent_back(case: AfterSalesCase, parcels: Iterable[Shipment]) -> Notice:
    tracking = [Row(parcel.carrier, parcel.tracking_number) for parcel in parcels]
    lead = [_("Please count and grade it when it arrives, by %(when)s at the latest.") % {"when": _due(case)}]
    return _to_merchant(
        case, "merchant_case_sent_back", _("A return is on its way to you: %(number)s") % {"number": case.number}, lead, *tracking
    )


def merchant_escalated(case: AfterSalesCase) -> Notice:
    until = moment(case.evidence_until) if case.evidence_until else ""
    lead = [_("The shopper has asked the marketplace to decide. Please add your view and photos by %(when)s.") % {"when": until}]
    return _to_merchant(case, "merchant_case_escalated", _("Case %(number)s is in dispute") % {"number": case.number}, lead)


def merchant_withdrawn(case: AfterSalesCase) -> Notice:
    lead = [_("The shopper does not want anything any more.")]
    return _to_merchant(case, "merchant_case_withdrawn", _("Case %(number)s was withdrawn") % {"number": case.number}, lead)


def written(case: AfterSalesCase, message: CaseMessage, *, to_merchant: bool) -> Notice:
    """The other side, or the marketplace, has said something."""
    subject = _("A message in case %(number)s") % {"number": case.number}
    photos = [_("There are photos with it.")] if message.photos.exists() else []
    notice = _to_merchant if to_merchant else _to_shopper
    return notice(case, "case_message", subject, [message.text, *photos], Row(_("From"), str(message.get_side_display())))


def operator_escalated(case: AfterSalesCase) -> Notice:
    lead = [_("Both sides may add evidence until %(when)s.") % {"when": moment(case.evidence_until)} if case.evidence_until else ""]
    return Notice(
        kind="operator_case_escalated",
        subject=_("A dispute to decide: %(number)s") % {"number": case.number},
        heading=_("A dispute to decide."),
        lead=[*lead, _("Without a verdict by %(when)s the shopper has won.") % {"when": _due(case)}],
        button=_("Open the case"),
        url=operator_url("orders_aftersalescase", case.pk),
        facts=_facts(case),
    )
