"""Trade prices: a company asks shops for them, and says yes or no to what they offer."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import CompanyNotFound
from accounts.models import User
from accounts.selectors import company_of
from catalog.errors.trade import TradeAccountNotFound
from catalog.selectors.trade import accounts_of_company
from catalog.services import trade_accounts as service
from core.errors import DomainError
from merchants.models import Merchant
from storefront.baskets import member
from storefront.forms.companies import AskTradeForm


def _member(request: HttpRequest) -> User:
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    return user


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The shops the company has asked, or that have offered it their trade prices."""
    return _accounts(request)


def _accounts(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponse:
    company = company_of(_member(request))
    if company is None:
        raise CompanyNotFound
    context = {"company": company, "accounts": accounts_of_company(company), "refusal": refusal}
    return render(request, "storefront/trade_accounts.html", context, status=refusal.status if refusal else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a shop. Whoever buys for no company opens one first."""
    slug = request.GET.get("shop", "")
    rows = Merchant.objects.filter(slug=slug[:60], status=Merchant.Status.ACTIVE) if "\x00" not in slug else Merchant.objects.none()
    shop, company = rows.first(), company_of(_member(request))
    if shop is None:
        raise Http404
    if company is None:
        messages.info(request, _("Open your company's account first; then you can ask shops for their trade prices."))
        return redirect("company")
    form, status = AskTradeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                service.ask_trade_prices(user=_member(request), merchant=shop, message=form.cleaned_data["message"], at=timezone.now())
            except DomainError as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("The shop has been asked. You get a mail when it answers."))
                return redirect("trade-accounts")
    return render(request, "storefront/trade_ask.html", {"shop": shop, "company": company, "form": form}, status=status)


@login_required
@require_POST
def act(request: HttpRequest, account_id: uuid.UUID, action: str) -> HttpResponse:
    """Accept an offer, or end what there is."""
    user = _member(request)
    actions: dict[str, Callable[[], object]] = {
        "accept": lambda: service.accept_offer(account_id=account_id, user=user, at=timezone.now()),
        "end": lambda: service.end_by_company(account_id=account_id, user=user, at=timezone.now()),
    }
    if action not in actions:
        raise TradeAccountNotFound
    try:
        actions[action]()
    except DomainError as error:
        if error.status != 409:
            raise
        return _accounts(request, error)
    messages.success(request, _("Saved."))
    return redirect("trade-accounts")
