"""Mails to a merchant about their own money; each is called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _

from payments.models import BankAccount, Payout
from payments.payout_selectors import failure_text
from support.content import Notice, Row, day, moment, money
from support.links import bank_account_url, statement_url


def payout_paid(payout: Payout) -> Notice:
    """The money has left."""
    return Notice(
        kind="payout_paid",
        subject=_("Your payout of %(amount)s is on its way") % {"amount": money(payout.amount_minor, payout.currency)},
        heading=_("We have paid you."),
        lead=[_("The money should be on your account within two banking days. The statement lists every order it comes from.")],
        button=_("Open the statement"),
        url=statement_url(payout.statement_id),
        facts=_facts(payout),
    )


def payout_failed(payout: Payout) -> Notice:
    """The bank did not take it."""
    return Notice(
        kind="payout_failed",
        subject=_("Your payout of %(amount)s did not arrive") % {"amount": money(payout.amount_minor, payout.currency)},
        heading=_("Your payout came back."),
        lead=[
            failure_text(payout.failure_code),
            _("The money is in your balance again and goes with the next payout. Please check your bank account until then."),
        ],
        button=_("Check your bank account"),
        url=bank_account_url(),
        facts=_facts(payout),
    )


def bank_account_changed(account: BankAccount, former_hint: str) -> Notice:
    """Whoever did not do this can still stop it."""
    former = [Row(_("Until now"), former_hint)] if former_hint else []
    return Notice(
        kind="bank_account_changed",
        subject=_("The bank account for your payouts was changed"),
        heading=_("Your payouts will go to another account."),
        lead=[
            _("Nothing is paid to the new account before %(when)s.") % {"when": moment(account.usable_from)},
            _("If it was not you or your team, change your password, set the right account again and write to us at once."),
        ],
        button=_("Check your bank account"),
        url=bank_account_url(),
        facts=[*former, Row(_("From now on"), account.hint), Row(_("Account holder"), account.holder)],
    )


def _facts(payout: Payout) -> list[Row]:
    statement = payout.statement
    return [
        Row(_("Amount"), money(payout.amount_minor, payout.currency), is_total=True),
        Row(_("Bank account"), payout.destination),
        Row(_("Statement"), f"{statement.number:04d}"),
        Row(_("Period"), f"{day(statement.period_start)} – {day(statement.period_end)}"),
    ]
