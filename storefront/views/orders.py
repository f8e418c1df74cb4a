import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Review
from catalog.rules.reviews import has_sizes, language_of
from core.errors import DomainError
from orders import selectors
from orders.errors import OrderNotFound
from orders.models import Checkout, MerchantOrder
from orders.printing import pdf_answer
from orders.selectors.cases import Options, options_for
from orders.selectors.papers import paper_of_purchase
from orders.selectors.purchases import NUMBER
from orders.services import cancellation, completion, reviews
from orders.states import CheckoutStatus, OrderStatus
from payments.selectors import awaiting_transfer
from storefront.baskets import member
from storefront.forms.review import ReviewForm
from storefront.guests import kept_purchases, open_by_mail, purchase
from storefront.preferences import come_back_to
from storefront.tenders import how_paid

PER_PAGE = 10
LONGEST_NUMBER = 24


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """A member's purchases, or those a guest made in this session."""
    user = member(request)
    if user is None:
        return _list(request, kept_purchases(request))
    paginator = Paginator(selectors.checkouts_of(user), PER_PAGE)
    page = request.GET.get("page", "1")
    if not page.isdecimal() or len(page) > 6 or not 1 <= int(page) <= paginator.num_pages:
        raise Http404
    shown = paginator.page(int(page))
    return _list(request, list(shown.object_list), page=shown)


def _list(request: HttpRequest, purchases: list[Checkout], **more: Any) -> HttpResponse:
    context = {"purchases": purchases, "transfers": _awaiting_transfer(purchases), **more}
    return render(request, "storefront/orders.html", context)


def _awaiting_transfer(purchases: Iterable[Checkout]) -> set[uuid.UUID]:
    """Those whose shopper has chosen a bank transfer and needs its details rather than a way to pay; no statement where none is unpaid."""
    unpaid = [row.pk for row in purchases if row.status == CheckoutStatus.AWAITING_PAYMENT]
    return awaiting_transfer(unpaid) if unpaid else set()


@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One purchase: each merchant's order with its parcels and timeline. A mail's link (?t=) opens it for a guest."""
    if request.GET.get("t"):
        return open_by_mail(request, number, "order")
    return order_with(request, number)


def order_with(request: HttpRequest, number: str, *, form: ReviewForm | None = None, status: int = 200) -> HttpResponse:
    """The order's page; `form` is a review that was refused, shown again at its line."""
    checkout = purchase(request, number)
    come_back_to(request, reverse("order", args=[number]))
    open_lines = selectors.reviewable_lines(checkout) if member(request) and checkout.user_id else []
    forms = {line.pk: ReviewForm(prefix=str(line.pk), has_sizes=has_sizes(line.product.options)) for line in open_lines}
    if form is not None:
        forms |= {line.pk: form for line in open_lines if str(line.pk) == form.prefix}
    page = selectors.order_page(checkout)
    context: dict[str, Any] = {
        "page": page,
        "views": _with_options(page),
        "how": how_paid(checkout),
        "has_transfer": bool(_awaiting_transfer([checkout])),
        "review_forms": [(line, forms[line.pk]) for line in open_lines],
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "storefront/order.html", context, status=status)


def _with_options(page: selectors.OrderPage) -> list[tuple[selectors.OrderView, Options | None]]:
    """Each order with what may still be done about it, as long as a piece of it is in no case."""
    now = timezone.now()
    return [(view, options_for(view.order, now) if view.has_free_pieces else None) for view in page.orders]


@require_safe
def paper(request: HttpRequest, number: str, paper_id: uuid.UUID) -> HttpResponse:
    """An invoice or credit note of one's own purchase, as PDF."""
    return pdf_answer(paper_of_purchase(paper_id, purchase(request, number)))


@require_safe
def confirmation(request: HttpRequest, number: str) -> HttpResponse:
    """Thanks, what happens next, and where to look for it."""
    page = selectors.order_page(purchase(request, number), with_progress=False)
    if page.is_awaiting_payment:
        return redirect("pay", number)
    return render(request, "storefront/confirmation.html", {"page": page, "now": timezone.now()})


@require_POST
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The shopper has the goods: the merchant gets the money."""
    row = _own_order(request, number)
    try:
        completion.confirm_receipt(order_id=row.pk, actor=_actor(request), at=timezone.now())
    except DomainError as error:
        return _refused(request, row, error)
    messages.success(request, _("Thank you. The order is complete.") if row.checkout.is_cash else _("Thank you. The merchant is paid now."))
    return redirect(reverse("order", args=[row.checkout.number]) + f"#{row.number}")


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """The shopper changes their mind before the parcel leaves; once it is being packed, the shop is asked."""
    row = _own_order(request, number)
    if row.status == OrderStatus.PREPARING and not row.checkout.is_cash:
        return redirect(reverse("complain", args=[number]) + "?kind=cancellation")
    try:
        cancellation.cancel_order(order_id=row.pk, actor=_actor(request), reason="by shopper", at=timezone.now())
    except DomainError as error:
        return _refused(request, row, error)
    is_paid_back = row.total_minor > row.points_minor and not row.checkout.is_cash
    messages.success(
        request, _("The order is cancelled and the money is on its way back.") if is_paid_back else _("The order is cancelled.")
    )
    return redirect(reverse("order", args=[row.checkout.number]) + f"#{row.number}")


def _refused(request: HttpRequest, row: MerchantOrder, error: DomainError) -> HttpResponse:
    """The order as it is, with the reason why it cannot go there."""
    messages.error(request, str(error))
    return order_with(request, row.checkout.number, status=error.status)


@require_POST
def review(request: HttpRequest, number: str, line_id: uuid.UUID) -> HttpResponse:
    """Rate something that was bought and received."""
    checkout = purchase(request, number)
    user = member(request)
    line = next((line for line in selectors.reviewable_lines(checkout) if line.pk == line_id), None)
    if user is None or line is None:
        raise Http404
    form = ReviewForm(request.POST, request.FILES, prefix=str(line_id), has_sizes=has_sizes(line.product.options))
    if form.is_valid():
        try:
            written = reviews.review_line(
                order_line_id=line_id,
                user_id=user.pk,
                stars=form.cleaned_data["stars"],
                text=form.cleaned_data["text"],
                language=language_of(form.cleaned_data["text"], get_language() or "en"),
                at=timezone.now(),
                details=form.details,
                shows_name=form.cleaned_data["shows_name"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, thanks(written))
            return redirect("order", number)
    return order_with(request, number, form=form, status=422)


def thanks(written: Review) -> str:
    """What an author reads after writing."""
    if written.is_visible:
        return _("Thank you for your review.")
    return _("Thank you. Somebody of the marketplace looks at it before it is shown, because it contains a link or contact details.")


def _own_order(request: HttpRequest, number: str) -> MerchantOrder:
    """Raises orders.errors.OrderNotFound for a stranger's, exactly as for none."""
    rows = MerchantOrder.objects.select_related("checkout")
    row: MerchantOrder | None = rows.filter(number=number).first() if NUMBER.fullmatch(number) else None
    if row is None:
        raise OrderNotFound
    purchase(request, row.checkout.number)
    return row


def _actor(request: HttpRequest) -> str:
    user = member(request)
    return f"shopper:{user.pk if user else 'guest'}"
