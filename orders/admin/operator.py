"""All orders and purchases: read-mostly, with the two things only the operator may do to somebody else's order."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.backoffice.actions import ActionVariant, ConfirmForm, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of, now
from core.backoffice.display import column, day_column, money_column, status_column
from core.countries import country
from orders.admin.display import lines_summary, order_context, ship_by_label, state_label
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.selectors.purchases import TO_SHIP
from orders.services import cancellation, cash, refunds
from orders.states import CheckoutStatus, OrderStatus

REFUNDABLE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


class OverdueFilter(admin.SimpleListFilter):
    title = pgettext_lazy("state of an order", "shipping")
    parameter_name = "shipping"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("To ship")), ("overdue", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"due", "overdue"}:
            return queryset
        due = queryset.filter(status__in=TO_SHIP)
        return due.filter(ship_by__lt=now()) if self.value() == "overdue" else due


@admin.register(MerchantOrder)
class OrderAdmin(ConsoleAdmin):
    list_display = ["number", "merchant", "state", "due", "goods", "total", "commission", "placed"]
    list_filter = [OverdueFilter, "status", "merchant"]
    list_select_related = ["merchant", "checkout"]
    search_fields = ["number", "checkout__number", "checkout__email", "merchant__name"]
    search_help_text = _("Order, purchase, e-mail or merchant")
    ordering = ["-placed_at"]
    change_form_before_template = "backoffice/order.html"
    actions_detail = ["cancel", "refund", "refuse_at_door"]
    state = column(lambda self, row: state_label(row), _("status"), ordering="status")
    placed = day_column("placed_at", _("placed"))
    due = column(lambda self, row: ship_by_label(row, now()), _("ship by"), ordering="ship_by")
    goods = column(lambda self, row: lines_summary(row), _("items"))
    total = money_column("total_minor", _("total"))
    commission = money_column("commission_minor", _("commission"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def get_queryset(self, request: HttpRequest) -> Any:
        lines = Prefetch("lines", OrderLine.objects.select_related("bundle").order_by("pk"))
        return super().get_queryset(request).select_related("merchant", "checkout").prefetch_related(lines)

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = {**order_context(row), "is_operator": True} if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @object_action(
        description=_("Cancel and refund"),
        text=_("The shopper gets all money and points back; the goods go back on sale."),
        done=_("The order is cancelled and refunded."),
        form_class=ReasonForm,
        icon="cancel",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status in TO_SHIP,
    )
    def cancel(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        cancellation.cancel_order(order_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Refund"),
        text=_("The shopper gets money and points back; what the merchant got for it is taken back from the balance."),
        done=_("The order is refunded."),
        form_class=ReasonForm,
        icon="undo",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status in REFUNDABLE,
    )
    def refund(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        refunds.refund_order(order_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Refused at the door"),
        text=_("The shopper did not take the parcel and paid nothing. The goods are back with the merchant and go on sale again."),
        done=_("The order is cancelled; the goods are back in stock."),
        form_class=ReasonForm,
        icon="door_front",
        variant=ActionVariant.DANGER,
        when=lambda row: row.checkout.is_cash and row.status == OrderStatus.SHIPPED,
    )
    def refuse_at_door(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        cash.refuse_at_door(order_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())


class OrderInline(ReadOnlyInline):
    model = MerchantOrder
    fields = ["number", "merchant", "state", "total", "commission"]
    show_change_link = True
    ordering = ["number"]
    state = status_column(_("status"))
    total = money_column("total_minor", _("total"))
    commission = money_column("commission_minor", _("commission"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("merchant")


@admin.register(Checkout)
class CheckoutAdmin(ConsoleAdmin):
    """A purchase: one payment, one order per merchant."""

    list_display = ["number", "state", "email", "total", "placed_at", "paid_at"]
    list_filter = ["status", "language"]
    search_fields = ["number", "email", "name", "orders__number"]
    ordering = ["-placed_at"]
    fields = [
        "number", "state", "email", "name", "phone", "where", "company_name", "company_tax_number", "purchase_number",
        "language", "goods", "shipping", "paid_with_points", "total",
        "paid_with_credit", "placed_at",
        "expires_at", "paid_at",
    ]  # fmt: skip
    inlines = [OrderInline]
    actions_detail = ["cancel"]
    state = status_column(_("status"))
    where = column(lambda self, row: f"{row.address}, {row.postcode} {row.city}, {country(row.country)}", _("address"))
    goods = money_column("goods_minor", _("goods"))
    shipping = money_column("shipping_minor", _("shipping"))
    paid_with_points = money_column("points_minor", _("paid with points"))
    paid_with_credit = money_column("credit_minor", _("paid with credit"))
    total = money_column("total_minor", _("total"))

    @object_action(
        description=_("Cancel"),
        text=_("Nobody has paid it yet: its goods and points go back."),
        done=_("The purchase is cancelled."),
        form_class=ConfirmForm,
        icon="cancel",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == CheckoutStatus.AWAITING_PAYMENT,
    )
    def cancel(self, request: HttpRequest, form: Any, row: Checkout) -> None:
        cancellation.cancel_checkout(checkout_id=row.pk, actor=actor_of(request, "operator"), at=now())
