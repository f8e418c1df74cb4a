"""What people who want to sell here read; each is called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from merchants.models import ApplicationDocument, MerchantApplication
from support.content import Notice, Row, date
from support.links import apply_url, merchant_url, operator_url


def submitted(row: MerchantApplication) -> Notice:
    """It has come."""
    return _about(
        row,
        "application_submitted",
        _("We have your application for “%(shop)s”."),
        [_("A person looks at what you say and at your documents. You hear from us by mail; there is nothing to do until then.")],
        _("See your application"),
    )


def approved(row: MerchantApplication) -> Notice:
    """The shop is open."""
    return Notice(
        kind="application_approved",
        subject=_("“%(shop)s” is open on Jishi") % {"shop": row.text("name")},
        heading=_("Welcome: your shop is open."),
        lead=[_("Your back office is ready, with a first warehouse in your city. Set your delivery price, then put goods on sale.")],
        button=_("Open your back office"),
        url=merchant_url(),
        facts=[Row(_("Shop"), row.text("name")), Row(_("Address of the page"), f"/s/{row.slug}/")],
    )


def returned(row: MerchantApplication) -> Notice:
    """Something has to be changed."""
    return _about(
        row,
        "application_returned",
        _("Your application for “%(shop)s” needs a change."),
        [_("Change what the reason says, and send it again. Everything you wrote is still there.")],
        _("Change your application"),
    )


def rejected(row: MerchantApplication) -> Notice:
    """No."""
    return _about(
        row,
        "application_rejected",
        _("We cannot open “%(shop)s”."),
        [_("The reason is below. When it is gone you can apply again.")],
        _("See your application"),
    )


def to_review(row: MerchantApplication) -> Notice:
    """For the operator: somebody waits."""
    return Notice(
        kind="application_to_review",
        subject=_("“%(shop)s” wants to sell here") % {"shop": row.text("name")},
        heading=_("An application waits to be looked at."),
        lead=[],
        button=_("Look at the application"),
        url=operator_url("merchants_merchantapplication", row.pk),
        facts=[Row(_("Shop"), row.text("name")), Row(_("Kind"), str(row.get_kind_display()))],
    )


def document_ends(paper: ApplicationDocument, days: int) -> Notice:
    """A paper ends soon."""
    said = ngettext("A document of your shop ends in %(days)d day.", "A document of your shop ends within %(days)d days.", days)
    return Notice(
        kind="document_ends",
        subject=said.rstrip(".。") % {"days": days},
        heading=said % {"days": days},
        lead=[_("Please upload the new one before the old one ends, on the page of your application.")],
        button=_("Upload the new document"),
        url=apply_url(),
        facts=[Row(_("Document"), str(paper.get_kind_display())), Row(_("Valid until"), date(paper.expires_on))],
    )


def _about(row: MerchantApplication, kind: str, said: str, lead: list[str], button: str) -> Notice:
    sentence = said % {"shop": row.text("name")}
    facts = [Row(_("Shop"), row.text("name")), Row(_("Kind"), str(row.get_kind_display()))]
    return Notice(
        kind=kind,
        subject=sentence.rstrip(".。"),
        heading=sentence,
        lead=lead,
        button=button,
        url=apply_url(),
        facts=[*facts, Row(_("Reason"), row.answer)] if row.answer else facts,
    )
