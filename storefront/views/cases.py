"""Returns and other after-sales cases: the steps to open one, its page, and what the shopper does there."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.ids import uuid7
from orders import case_rules as rules
from orders.errors import CaseNotPossible
from orders.models import AfterSalesCase, Checkout, MerchantOrder
from orders.selectors import cases as selectors
from orders.services.cases import answers, disputes, opening, sending, statements
from orders.services.cases.opening import Complaint
from orders.states import CaseKind, CaseReason
from storefront.baskets import member
from storefront.forms.cases import DetailsForm, PiecesForm, SendBackForm, StatementForm
from storefront.guests import kept_purchases, open_by_mail, purchase

PER_PAGE = 10
REFUSED = 422


def actor_of(request: HttpRequest) -> str:
    user = member(request)
    return f"shopper:{user.pk if user else 'guest'}"


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """A member's cases, or those about the purchases of this session."""
    user = member(request)
    purchases: Any = Checkout.objects.filter(user=user) if user else [row.pk for row in kept_purchases(request)]
    paginator = Paginator(selectors.cases_of_purchases(purchases), PER_PAGE)
    page = request.GET.get("page", "1")
    if not page.isdecimal() or len(page) > 6 or not 1 <= int(page) <= paginator.num_pages:
        raise Http404
    return render(request, "storefront/cases.html", {"page": paginator.page(int(page))})


def complain(request: HttpRequest, number: str) -> HttpResponse:
    """Return or withdraw, in three steps without JavaScript: what do you want, which pieces and why, look over and send."""
    order = selectors.order_for_case(number, purchase(request, number.rpartition("-")[0]))
    return _send(request, order) if request.method == "POST" else _ask(request, order)


@require_safe
def _ask(request: HttpRequest, order: MerchantOrder) -> HttpResponse:
    options = selectors.options_for(order, timezone.now())
    kind = request.GET.get("kind", "")
    if kind not in options.kinds:
        return render(request, "storefront/case_kinds.html", {"order": order, "options": options, "reasons": CaseReason})
    if kind == CaseKind.CANCELLATION:
        return _look_over(request, order, _pieces(order, kind, {"kind": kind, "reason": CaseReason.CHANGED_MIND}))
    if "reason" not in request.GET or request.GET.get("step") == "pieces":
        form = _pieces(order, kind, None, reason=request.GET.get("reason", ""))
        return render(request, "storefront/case_pieces.html", {"order": order, "form": form, "kind": CaseKind(kind)})
    return _look_over(request, order, _pieces(order, kind, request.GET))


@require_POST
def _send(request: HttpRequest, order: MerchantOrder) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in CaseKind.values or request.POST.get("reason") not in CaseReason.values:
        raise CaseNotPossible
    form = _pieces(order, kind, request.POST)
    details = DetailsForm(request.POST, request.FILES, needs_text=_needs_text(request.POST.get("reason", "")))
    if (kind != CaseKind.CANCELLATION and not form.is_valid()) or not details.is_valid():
        return _look_over(request, order, form, details, status=REFUSED)
    complaint = Complaint(
        key=details.cleaned_data["key"],
        kind=kind,
        reason=request.POST.get("reason", ""),
        wishes=[] if kind == CaseKind.CANCELLATION else form.wishes(),
        text=details.cleaned_data["text"],
        photos=details.cleaned_data["photos"],
    )
    try:
        case = opening.open_case(order_id=order.pk, complaint=complaint, actor=actor_of(request), at=timezone.now())
    except DomainError as error:
        details.add_error(None, str(error))
        return _look_over(request, order, form, details, status=error.status)
    messages.success(request, _("We have received it. A confirmation is in your mail."))
    return redirect("case", case.number)


def _pieces(order: MerchantOrder, kind: str, data: Any, reason: str = "") -> PiecesForm:
    reasons = rules.reasons_possible(order, kind, timezone.now(), rules.current_terms()) or [CaseReason.OTHER]
    form = PiecesForm(data, kind=kind, reasons=reasons, choices=selectors.choices_for(order))
    if reason in reasons:
        form.initial["reason"] = reason
    return form


def _needs_text(reason: str) -> bool:
    return reason not in {CaseReason.WITHDRAWAL, CaseReason.CHANGED_MIND, CaseReason.NOT_ARRIVED}


def _look_over(
    request: HttpRequest, order: MerchantOrder, form: PiecesForm, details: DetailsForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The last step: what comes back, and the words and pictures; or the step before where that was not filled in well."""
    kind, reason = CaseKind(form.data["kind"]), str(form.data.get("reason", ""))
    if kind != CaseKind.CANCELLATION and not form.is_valid():
        shown = {"order": order, "form": form, "kind": kind}
        return render(request, "storefront/case_pieces.html", shown, status=REFUSED)
    is_all = kind == CaseKind.CANCELLATION
    chosen = [(row, row.line.quantity) for row in form.lines] if is_all else _chosen(form)
    context = {
        "order": order,
        "kind": kind,
        "reason": CaseReason(reason),
        "chosen": chosen,
        "shares": selectors.asked_preview(order, {row.line.pk: count for row, count in chosen}, reason),
        "carried": [("kind", kind.value), ("reason", reason)] if is_all else form.carried(),
        "details": details or DetailsForm(initial={"key": uuid7()}, needs_text=_needs_text(reason)),
        "terms": rules.current_terms(),
    }
    return render(request, "storefront/case_confirm.html", context, status=status)


def _chosen(form: PiecesForm) -> list[tuple[selectors.Choice, int]]:
    counts = {wish.line_id: wish.quantity for wish in form.wishes()}
    return [(row, counts[row.line.pk]) for row in form.lines if row.line.pk in counts]


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """How a case stands: whose turn it is until when, what was said, what can be done. A mail's link (?t=) opens it for a guest."""
    if request.GET.get("t"):
        open_by_mail(request, selectors.purchase_number_of(number), "order")
        return redirect("case", number)
    return _page(request, _own_case(request, number))


def _own_case(request: HttpRequest, number: str) -> AfterSalesCase:
    """Raises orders.errors.CaseNotFound or CheckoutNotFound for a stranger's, exactly as for none."""
    kept = request.session.get("purchases", {})
    return selectors.case_for(number, member(request), kept.get(selectors.purchase_number_of(number)))


def _page(request: HttpRequest, row: AfterSalesCase, *, status: int = 200, **forms: Any) -> HttpResponse:
    view = selectors.case_view(row)
    context = {
        "view": view,
        "case": row,
        "order": row.order,
        "now": timezone.now(),
        "parcel_form": SendBackForm(),
        "statement_form": StatementForm(),
        **forms,
    }
    return render(request, "storefront/case.html", context, status=status)


@require_safe
def photo(request: HttpRequest, number: str, photo_id: uuid.UUID) -> FileResponse:
    """A picture of a case, for its sides only: the shopper, the merchant's people, the marketplace."""
    found = selectors.photo_for(selectors.case_for_staff(number, member(request)) or _own_case(request, number), photo_id)
    return private_picture(statements.photo_path(found))


def private_picture(path: Any) -> FileResponse:
    """A file of ours that no cache may keep for others."""
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"),
        content_type="image/webp",
        headers={"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"},
    )


def _accept(row: AfterSalesCase, data: dict[str, Any], actor: str) -> str:
    answers.accept_offer(case_id=row.pk, actor=actor, at=timezone.now())
    return _("Thank you. The money is on its way.")


def _decline(row: AfterSalesCase, data: dict[str, Any], actor: str) -> str:
    answers.decline_offer(case_id=row.pk, actor=actor, at=timezone.now())
    return _("The shop will answer again.")


def _withdraw(row: AfterSalesCase, data: dict[str, Any], actor: str) -> str:
    answers.withdraw_case(case_id=row.pk, actor=actor, at=timezone.now())
    return _("The case is withdrawn.")


def _send_back(row: AfterSalesCase, data: dict[str, Any], actor: str) -> str:
    sending.send_back(case_id=row.pk, actor=actor, at=timezone.now(), **data)
    return _("Thank you. The shop counts it when it arrives.")


def _escalate(row: AfterSalesCase, data: dict[str, Any], actor: str) -> str:
    disputes.escalate(case_id=row.pk, actor=actor, at=timezone.now(), **data)
    return _("The marketplace looks at it now.")


def _write(row: AfterSalesCase, data: dict[str, Any], actor: str) -> str:
    statements.write_message(case_id=row.pk, actor=actor, at=timezone.now(), **data)
    return _("Your message was added.")


ACTIONS: dict[str, tuple[Callable[[AfterSalesCase, dict[str, Any], str], str], Any]] = {
    "accept": (_accept, None),
    "decline": (_decline, None),
    "withdraw": (_withdraw, None),
    "send-back": (_send_back, SendBackForm),
    "escalate": (_escalate, StatementForm),
    "message": (_write, StatementForm),
}


@require_POST
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One step of the shopper; a refusal is shown on the page of the case."""
    row = _own_case(request, number)
    if action not in ACTIONS:
        raise Http404
    step, form_class = ACTIONS[action]
    form = form_class(request.POST, request.FILES) if form_class else None
    name = "parcel_form" if form_class is SendBackForm else "statement_form"
    if form is not None and not form.is_valid():
        return _page(request, row, status=REFUSED, **{name: form})
    try:
        messages.success(request, step(row, form.cleaned_data if form else {}, actor_of(request)))
    except DomainError as error:
        messages.error(request, str(error))
        row.refresh_from_db()
        return _page(request, row, status=error.status, **({name: form} if form else {}))
    return redirect("case", number)
