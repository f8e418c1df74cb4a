import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services as accounts
from accounts.errors import AddressNotFound
from accounts.models import Address, User
from core.errors import DomainError
from storefront.baskets import member
from storefront.forms.account import BookForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    """The address book, with a form for one more."""
    user = _member(request)
    form = BookForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.add_address(user=user, is_default=form.cleaned_data["is_default"], **form.place)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The address is saved."))
            return redirect("addresses")
    context = {"addresses": Address.objects.filter(user=user).order_by("-is_default", "-created_at"), "form": form}
    return render(request, "storefront/addresses.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, address_id: uuid.UUID) -> HttpResponse:
    """Change one address."""
    user = _member(request)
    row = Address.objects.filter(user=user, pk=address_id).first()
    if row is None:
        raise AddressNotFound
    known = {name: getattr(row, name) for name in ("name", "phone", "address", "city", "postcode", "country", "is_default")}
    form = BookForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            _change(user, address_id, form)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The address is saved."))
            return redirect("addresses")
    return render(request, "storefront/address.html", {"form": form, "address": row}, status=422 if form.errors else 200)


def _change(user: User, address_id: uuid.UUID, form: BookForm) -> None:
    accounts.update_address(user=user, address_id=address_id, **form.place)
    if form.cleaned_data["is_default"]:
        accounts.set_default_address(user=user, address_id=address_id)


@login_required
@require_POST
def delete(request: HttpRequest, address_id: uuid.UUID) -> HttpResponse:
    accounts.delete_address(user=_member(request), address_id=address_id)
    messages.success(request, _("The address is removed."))
    return redirect("addresses")


def _member(request: HttpRequest) -> User:
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    return user
