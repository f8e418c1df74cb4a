"""Buttons of a row's page: each opens a dialog and does its work by POST, so that no GET changes anything."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

if TYPE_CHECKING:
    from django.forms import Form as BaseDialogForm
else:
    from unfold.forms import BaseDialogForm

from unfold.decorators import action as unfold_action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

Text = str | Promise
Method = Callable[..., Any]
__all__ = ["ActionVariant", "BaseDialogForm", "ConfirmForm", "ReasonForm", "answer_dialog", "object_action"]


class ConfirmForm(BaseDialogForm):
    """A dialog that only asks whether you are sure."""


class ReasonForm(BaseDialogForm):
    """A dialog that asks why; the reason is kept in the history."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))


class TrackingForm(BaseDialogForm):
    """Carrier and number of a parcel."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, widget=UnfoldAdminTextInputWidget())
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=60, widget=UnfoldAdminTextInputWidget())


def answer_dialog(request: HttpRequest, url: str) -> HttpResponse:
    """Go to `url`: a header for the dialog's htmx, a plain redirect without JavaScript."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def object_action(
    *,
    description: Text,
    text: Text = "",
    done: Text = "",
    form_class: type[Any] = ConfirmForm,
    icon: str | None = None,
    variant: ActionVariant = ActionVariant.DEFAULT,
    when: Callable[[Any], bool] = lambda row: True,
) -> Callable[[Method], Any]:
    """Make `method(self, request, form, row)` a button of a row's page.

    Args:
        text: what the dialog says.
        done: the message when it worked.
        when: whether the button makes sense for a row; the service decides, this only hides.
    """
    dialog = {"title": description, "description": text, "form_class": form_class, "form_submit_text": description}

    def decorate(method: Method) -> Any:
        button = _Button(method, done, when)
        opened = unfold_action(description=str(description), dialog=dialog)(button.run)

        @functools.wraps(method)
        def guarded(admin: Any, request: HttpRequest, object_id: str) -> Any:
            admin.object_or_404(request, object_id)
            if not admin.may_act(request):
                raise PermissionDenied
            return opened(admin, request, object_id=object_id)

        # What unfold's templates read off a method that is a button.
        guarded.__dict__.update(
            short_description=description, icon=icon, variant=variant, dialog=dialog, attrs={}, is_offered=button.is_offered
        )
        return guarded

    return decorate


class _Button:
    """What happens behind a dialog once it was filled in."""

    def __init__(self, method: Method, done: Text, when: Callable[[Any], bool]) -> None:
        self.method, self.done, self.when = method, done, when
        self.run = self._as_function()

    def is_offered(self, admin: Any, request: HttpRequest, row: Any) -> bool:
        return bool(admin.may_act(request) and self.when(row))

    def _as_function(self) -> Method:
        @functools.wraps(self.method)
        def run(admin: Any, request: HttpRequest, form: Any, *, object_id: str) -> HttpResponse:
            answer = self._do(admin, request, form, admin.object_or_404(request, object_id))
            name = f"{admin.admin_site.name}:{admin.opts.app_label}_{admin.opts.model_name}_change"
            return answer or answer_dialog(request, reverse(name, args=[object_id]))

        return run

    def _do(self, admin: Any, request: HttpRequest, form: Any, row: Any) -> HttpResponse | None:
        try:
            with admin.recording(request, [row.pk]):
                answer: HttpResponse | None = self.method(admin, request, form, row)
        except DomainError as error:
            messages.error(request, str(error))
            return None
        if self.done:
            messages.success(request, str(self.done))
        return answer
