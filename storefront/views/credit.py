from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.backoffice.references import reference_names
from core.errors import DomainError
from core.money import Money
from payments.selectors.credit import CreditRow, credit_balance, credit_currencies, credit_history
from payments.services import gift_cards
from storefront.baskets import member
from storefront.currencies import current
from storefront.forms.gift_cards import CodeForm
from storefront.gift_codes import find_card


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest) -> HttpResponse:
    """A member's store credit: what is there, how it came to be, and a gift card to load."""
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _load(request, user, form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error))
            return _page(request, user, form, status=error.status)
    return _page(request, user, form, status=422 if form.errors else 200)


def _load(request: HttpRequest, user: User, code: str) -> HttpResponse:
    card = find_card(request, code)
    loaded = gift_cards.load(card_id=card.card_id, user_id=user.pk, at=timezone.now())
    amount = Money(loaded, card.currency).format(get_language() or "en")
    messages.success(request, _("%(amount)s is on your store credit now.") % {"amount": amount})
    return redirect("credit")


@dataclass(frozen=True)
class Block:
    """Store credit in one currency: the balance, and each movement with the number of what it was about."""

    currency: str
    balance: int
    rows: list[tuple[CreditRow, str]]


def _page(request: HttpRequest, user: User, form: CodeForm, status: int) -> HttpResponse:
    """One block per currency in which the member has, or had, credit; the current one first."""
    now = current().currency
    currencies = sorted({now, *credit_currencies(user.pk)}, key=lambda currency: (currency != now, currency))
    histories = {currency: credit_history(user.pk, currency) for currency in currencies}
    references = {row.reference for rows in histories.values() for row in rows}
    names = reference_names(references) if references else {}
    blocks = [
        Block(currency, credit_balance(user.pk, currency), [(row, names.get(row.reference, "")) for row in rows])
        for currency, rows in histories.items()
    ]
    return render(request, "storefront/credit.html", {"form": form, "blocks": blocks}, status=status)
