"""What colleagues, companies and merchants read about trade prices; each is called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import CompanyInvitation
from catalog.models import TradeAccount
from support.content import Notice, Row, moment
from support.links import company_join_url, merchant_trade_url, trade_accounts_url


def invited(invitation: CompanyInvitation) -> Notice:
    """Would you buy for your company?"""
    return Notice(
        kind="company_invited",
        subject=_("Buy for %(company)s on Jishi") % {"company": invitation.company.name},
        heading=_("You are invited to buy for your company."),
        lead=[
            _("%(who)s asks you to buy for %(company)s, at the trade prices that shops give it.")
            % {"who": invitation.invited_by.email, "company": invitation.company.name},
            _("Sign in, or sign up, with this address: the invitation is for nobody else and can be used once."),
        ],
        button=_("Look at the invitation"),
        url=company_join_url(invitation.pk),
        facts=[Row(_("Role"), str(invitation.get_role_display())), Row(_("Until"), moment(invitation.expires_at))],
    )


def offered(account: TradeAccount) -> Notice:
    """A shop offers."""
    return _to_company(account, "trade_offered", _("%(shop)s offers your company its trade prices."), _("Accept or decline"))


def approved(account: TradeAccount) -> Notice:
    """The company has them."""
    return _to_company(account, "trade_approved", _("Your company has the trade prices of %(shop)s."), _("See your shops"))


def refused(account: TradeAccount) -> Notice:
    """The shop has none for it."""
    return _to_company(account, "trade_refused", _("%(shop)s gives your company no trade prices."), _("See your shops"))


def ended(account: TradeAccount) -> Notice:
    """It is over."""
    return _to_company(account, "trade_ended", _("The trade prices of %(shop)s have ended for your company."), _("See your shops"))


def merchant_asked(account: TradeAccount) -> Notice:
    """A company asks."""
    return Notice(
        kind="trade_asked",
        subject=_("%(company)s asks for your trade prices") % {"company": account.company.name},
        heading=_("A company asks for your trade prices."),
        lead=[account.message] if account.message else [_("There is no message.")],
        button=_("Answer"),
        url=merchant_trade_url(account.pk),
        facts=[Row(_("Company"), account.company.name), Row(_("Tax number"), account.company.tax_number)],
    )


def _to_company(account: TradeAccount, kind: str, said: str, button: str) -> Notice:
    sentence = said % {"shop": account.merchant.text("name")}
    return Notice(
        kind=kind,
        subject=sentence.rstrip("."),
        heading=sentence,
        lead=[account.note] if account.note else [],
        button=button,
        url=trade_accounts_url(),
        facts=[Row(_("Company"), account.company.name), Row(_("Company number"), account.company.number)],
    )
