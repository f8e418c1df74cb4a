"""Mails to the operator: something happened to money that no machine may decide. Written while the reader's language is active."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from core.backoffice.references import reference_names
from core.events import InvariantsBroken
from orders.models import Checkout
from payments.events import ReconciliationDiffered
from payments.models import InboxMessage, PaymentAttempt, ProviderDispute, Refund, RiskAssessment
from support.content import Notice, Row, moment, money
from support.links import operator_url


def payment_differs(attempt: PaymentAttempt, differs: str) -> Notice:
    """The provider has another sum, currency or reference than was agreed."""
    return Notice(
        kind="operator_payment_differs",
        subject=_("A payment is not what was agreed"),
        heading=_("A payment needs a person."),
        lead=[
            _("The provider has another payment than we asked for. It is not in the books and the order is not paid."),
            _("Please compare both sides; nothing else will happen by itself."),
        ],
        button=_("See the payment"),
        url=operator_url("payments_paymentattempt", attempt.pk),
        facts=[
            Row(_("Purchase"), _number(attempt)),
            Row(_("Agreed"), money(attempt.amount_minor, attempt.currency)),
            Row(_("Differs in"), differs),
            Row(_("Provider"), attempt.gateway),
            Row(_("Provider's number"), attempt.provider_id or "–"),
        ],
    )


def payment_to_review(checkout: Checkout) -> Notice:
    """A paid purchase looks like fraud and waits for somebody to decide."""
    risk = RiskAssessment.objects.get(reference=checkout.pk, stage=RiskAssessment.Stage.PAID)
    return Notice(
        kind="operator_payment_to_review",
        subject=_("A payment waits for your review"),
        heading=_("A payment looks risky."),
        lead=[
            _("The money is in, but the merchants are not told to send anything until you have decided."),
            _("Without a decision it is decided by itself at %(when)s.") % {"when": moment(checkout.review_by or checkout.placed_at)},
        ],
        button=_("See why"),
        url=operator_url("payments_riskassessment", risk.pk),
        facts=[
            Row(_("Purchase"), checkout.number),
            Row(_("Amount"), money(checkout.total_minor, checkout.currency)),
            Row(_("Score"), f"{risk.score} / 100"),
        ],
    )


def message_quarantined(message: InboxMessage) -> Notice:
    """A webhook with the right signature does not fit what we know."""
    return Notice(
        kind="operator_message_quarantined",
        subject=_("A provider's message is in quarantine"),
        heading=_("A message from a payment provider does not fit."),
        lead=[
            _("Its signature is right, but we do not know what it is about or may not act on it."),
            _("It waits until you let it try again or put it aside."),
        ],
        button=_("See the message"),
        url=operator_url("payments_inboxmessage", message.pk),
        facts=[
            Row(_("Provider"), message.gateway),
            Row(_("Message"), message.kind),
            Row(_("About"), message.object_id or "–"),
            Row(_("Problem"), message.note),
        ],
    )


def refund_failed(refund: Refund) -> Notice:
    """The provider will not pay a refund out; the shopper is still owed it."""
    return Notice(
        kind="operator_refund_failed",
        subject=_("A refund was refused"),
        heading=_("A refund needs a person."),
        lead=[
            _("The provider has refused to pay this refund out."),
            _("The shopper is still owed the money; please send it again or find another way."),
        ],
        button=_("See the refund"),
        url=operator_url("payments_refund", refund.pk),
        facts=[
            Row(_("Purchase"), _number(refund.attempt)),
            Row(_("Reason"), refund.reason or "–"),
            Row(_("Refund"), money(refund.amount_minor, refund.currency), is_total=True),
        ],
    )


def reconciliation_differs(event: ReconciliationDiffered) -> Notice:
    """A provider's list of a day is not what our books say."""
    return Notice(
        kind="operator_reconciliation_differs",
        subject=_("The books of %(day)s differ from the provider's") % {"day": event.day},
        heading=_("A day does not agree with the provider's list."),
        lead=[_("Please look at each difference and say why it is there or what was done about it.")],
        button=_("See the day"),
        url=operator_url("payments_reconciliation", uuid.UUID(event.reconciliation_id)),
        facts=[Row(_("Provider"), event.gateway), Row(_("Day"), event.day), Row(_("Differences"), str(event.differences))],
    )


def invariants_broken(event: InvariantsBroken) -> Notice:
    """Rows were found that must never exist."""
    return Notice(
        kind="operator_invariants_broken",
        subject=_("Something in the books is not as it must be"),
        heading=_("An invariant does not hold."),
        lead=[
            _("The regular check has found rows that must never exist. Nothing was changed by it."),
            _("`manage.py invariants` prints the rows; `manage.py verify_ledger` verifies the ledger."),
        ],
        button=_("See the check"),
        url=operator_url("core_invariantcheck", uuid.UUID(event.check_id)),
        facts=[Row(_("Broken"), name) for name in event.names.split()],
    )


def dispute_opened(dispute: ProviderDispute) -> Notice:
    """A shopper's bank has taken a payment back; the provider waits for evidence."""
    due = [Row(_("Evidence due by"), moment(dispute.evidence_due_by))] if dispute.evidence_due_by else []
    return Notice(
        kind="operator_dispute_opened",
        subject=_("A payment is disputed"),
        heading=_("A shopper's bank has taken a payment back."),
        lead=[
            _("The orders of this purchase are frozen: nothing of it is paid out to the merchants."),
            _("Please hand in the evidence at the provider in time; what they decide is booked here by itself."),
        ],
        button=_("See the dispute"),
        url=operator_url("payments_providerdispute", dispute.pk),
        facts=[
            Row(_("Purchase"), _number(dispute.attempt)),
            Row(_("Reason"), dispute.reason),
            *due,
            Row(_("Amount"), money(dispute.amount_minor, dispute.currency), is_total=True),
        ],
    )


def dispute_closed(dispute: ProviderDispute) -> Notice:
    """How it ended."""
    is_won = dispute.status == "won"
    return Notice(
        kind="operator_dispute_closed",
        subject=_("A dispute is won") if is_won else _("A dispute is lost"),
        heading=_("The money is back.") if is_won else _("The money is gone."),
        lead=[
            _("The orders of this purchase are free again.")
            if is_won
            else _("Each merchant bears the share of its orders; what they no longer had is ours to bear.")
        ],
        button=_("See the dispute"),
        url=operator_url("payments_providerdispute", dispute.pk),
        facts=[
            Row(_("Purchase"), _number(dispute.attempt)),
            Row(_("Amount"), money(dispute.amount_minor, dispute.currency), is_total=True),
        ],
    )


def _number(attempt: PaymentAttempt) -> str:
    return reference_names([attempt.reference]).get(attempt.reference, str(attempt.reference))
