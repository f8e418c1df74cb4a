from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services as accounts
from loyalty import selectors as loyalty
from loyalty.rules import value_minor
from payments.selectors.credit import credit_balance
from storefront.baskets import member
from storefront.currencies import current
from storefront.forms.account import ProfileForm
from storefront.preferences import remember

HISTORY = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The member's home: profile, language, and the ways to orders, points and addresses."""
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        accounts.update_profile(user=user, name=form.cleaned_data["name"])
        accounts.set_language(user=user, language=form.cleaned_data["language"])
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        response = redirect("account")
        remember(response, settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"])
        return response
    currency = current().currency
    credit = {"credit_minor": credit_balance(user.pk, currency), "currency": currency}
    context = {"form": form, "balance": loyalty.balance(user.pk, timezone.now()), **credit}
    return render(request, "storefront/account.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """What the member has, until when, and how it came to be."""
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    now = timezone.now()
    lots = list(loyalty.lots(user.pk, now))
    balance = sum(lot.remaining for lot in lots)
    context = {
        "lots": lots,
        "balance": balance,
        "worth_minor": value_minor(balance, conversion=current()),
        "currency": current().currency,
        "history": loyalty.history(user.pk, HISTORY),
        "lifetime_days": settings.POINTS_LIFETIME_DAYS,
        "share": settings.POINTS_MAX_SHARE_OF_GOODS_PERCENT,
    }
    return render(request, "storefront/points.html", context)
