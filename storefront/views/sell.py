"""Selling here: what it means, and the application with its checklist, its papers and its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.attachments import private_attachment
from core.errors import DomainError
from core.states import history
from merchants.application_rules import MOST_PAPERS, PAPERS, may_be, percent_done
from merchants.application_selectors import application_of, own_application, own_document, points_of
from merchants.errors import DocumentNotFound
from merchants.models import ApplicationDocument, Merchant, MerchantApplication
from merchants.selectors import memberships_of, usual_rate_bps
from merchants.services.application_documents import add_document, document_path, may_add, remove_document
from merchants.services.applications import save_draft, start_application, submit_application, withdraw_application
from storefront.baskets import member
from storefront.forms.sell import DocumentForm, DraftForm
from storefront.page_cache import shared_page

INVALID = 422
POINTS: dict[str, tuple[Any, str]] = {
    "shop": (gettext_lazy("Name and address of the shop"), "sell-name"),
    "contact": (gettext_lazy("How we reach you"), "sell-contact"),
    "place": (gettext_lazy("Where you are"), "sell-city"),
    "tax": (gettext_lazy("Tax number"), "sell-tax_number"),
    "store": (gettext_lazy("Opening hours and position"), "sell-latitude"),
}


@shared_page()
@require_safe
def sell(request: HttpRequest) -> HttpResponse:
    """What selling here means: for everybody, the same page."""
    papers = [(Merchant.Kind(kind).label, [ApplicationDocument.Kind(paper).label for paper in PAPERS[kind]]) for kind in _public_kinds()]
    return render(request, "storefront/sell.html", {"rate": f"{usual_rate_bps() / 100:g}", "papers": papers})


def _public_kinds() -> list[str]:
    return [kind for kind in PAPERS if may_be(kind, is_operator=False)]


def _user(request: HttpRequest) -> User:
    user = member(request)
    assert user is not None  # noqa: S101  login_required
    return user


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def apply(request: HttpRequest) -> HttpResponse:
    """One's own application: which kind of seller first, then the form with its checklist, then how it stands."""
    row = application_of(_user(request))
    wants_new = row is not None and row.status in {"rejected", "withdrawn"} and ("again" in request.GET or request.method == "POST")
    if row is None or wants_new:
        return _begin(request)
    if request.method == "POST":
        return _change(request, row)
    return _page(request, row)


def _begin(request: HttpRequest) -> HttpResponse:
    user, refusal = _user(request), None
    if request.method == "POST":
        try:
            start_application(user=user, kind=request.POST.get("kind", ""), at=timezone.now())
            return redirect("sell-apply")
        except DomainError as error:
            refusal = error
    kinds = [(kind, Merchant.Kind(kind).label) for kind in PAPERS if may_be(kind, is_operator=user.is_staff)]
    context = {"kinds": kinds, "refusal": refusal, "shop": memberships_of(user).first()}
    return render(request, "storefront/apply_kinds.html", context, status=refusal.status if refusal else 200)


def _change(request: HttpRequest, row: MerchantApplication) -> HttpResponse:
    """Save what was typed, add or remove a paper, send: all by one form, so that nothing typed is lost on the way."""
    user = _user(request)
    form = DraftForm(request.POST, row=row, is_operator=user.is_staff) if row.is_editable else None
    papers = DocumentForm(request.POST, request.FILES) if "document" in request.FILES or request.POST.get("then") == "add" else None
    if (form and not form.is_valid()) or (papers and not papers.is_valid()):
        return _page(request, row, form=form, papers=papers, status=INVALID)
    try:
        said = _do(request, row, form, papers)
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(request, own_application(user), form=form, papers=papers, refusal=error, status=error.status)
    messages.success(request, said)
    return redirect("sell-apply")


def _do(request: HttpRequest, row: MerchantApplication, form: DraftForm | None, papers: DocumentForm | None) -> str:
    own: dict[str, Any] = {"application_id": row.pk, "user": _user(request)}
    if form is not None:
        save_draft(**own, kind=form.cleaned_data["kind"], **form.values)
    if papers is not None:
        data = papers.cleaned_data
        file = data["document"]
        paper = {"kind": data["document_kind"], "expires_on": data["expires_on"], "name": file.name or "", "data": file.read()}
        add_document(**own, **paper, at=timezone.now())
    if request.POST.get("remove"):
        remove_document(**own, document_id=_key(request.POST["remove"]))
    if request.POST.get("then") == "send":
        submit_application(**own, at=timezone.now())
        return _("Sent. You hear from us by mail.")
    return _("Saved.")


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise DocumentNotFound from None


def _page(
    request: HttpRequest,
    row: MerchantApplication,
    *,
    form: DraftForm | None = None,
    papers: DocumentForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    user, today = _user(request), timezone.now().date()
    if row.is_editable and form is None:
        form = DraftForm(row=row, is_operator=user.is_staff)
    points = points_of(row, today)
    documents = sorted(row.documents.all(), key=lambda paper: (paper.kind, paper.created_at))
    context = {
        "application": row,
        "form": form,
        "papers": papers or DocumentForm(initial={"document_kind": _next_paper(row, points)}),
        "refusal": refusal,
        "points": [(*_named(point.code), point.is_done) for point in points],
        "percent": percent_done(points),
        "documents": documents,
        "may_add": may_add(row) and len(documents) < MOST_PAPERS,
        "today": today,
        "steps": [(change, row.Status(change.to_status).label) for change in (() if row.is_editable else history(row))],
    }
    return render(request, "storefront/apply.html" if row.is_editable else "storefront/apply_state.html", context, status=status)


def _named(code: str) -> tuple[Any, str]:
    return POINTS.get(code) or (ApplicationDocument.Kind(code).label, "sell-document_kind")


def _next_paper(row: MerchantApplication, points: list[Any]) -> str:
    """The first paper that is still missing, which the form then offers."""
    missing = [point.code for point in points if not point.is_done and point.code in PAPERS.get(row.kind, ())]
    return missing[0] if missing else ApplicationDocument.Kind.LICENCE


@require_POST
@login_required
def withdraw(request: HttpRequest) -> HttpResponse:
    """Give the application up."""
    user = _user(request)
    withdraw_application(application_id=own_application(user).pk, user=user, at=timezone.now())
    messages.success(request, _("The application is withdrawn."))
    return redirect("sell-apply")


@require_safe
@login_required
def document(request: HttpRequest, document_id: uuid.UUID) -> FileResponse:
    """A paper of one's own."""
    row = own_document(_user(request), document_id)
    return private_attachment(document_path(row), row.name)
