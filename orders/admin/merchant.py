"""A merchant's orders as a list, and the page of one order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, F, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, day_column, money_column
from core.errors import DomainError
from logistics.carrier_selectors import SIMULATED
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.permissions import Duty
from orders.admin.display import lines_summary, order_context, owes_guest, ship_by_label, state_label
from orders.admin.downloads import GrantForm
from orders.admin.own_delivery import OwnDeliveryForm
from orders.admin.ship_forms import ShipForm
from orders.models import MerchantOrder, OrderLine
from orders.selectors.purchases import TO_SHIP
from orders.services import cancellation, cash, dispatching, fulfilment
from orders.services.downloads import GIVES_ACCESS, grant_more
from orders.services.own_delivery import deliver_ourselves
from orders.services.rest import give_up_rest
from orders.states import OrderStatus
from payments.services.cash import note_paid_by_merchant

# What a merchant has nothing to do with: nobody has paid it, or nobody did in time.
UNPAID = (OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED)
DUE = Case(When(status__in=TO_SHIP, then=F("ship_by")))
WAITING_FIRST = Case(When(status__in=TO_SHIP, then=Value(0)), default=Value(1)).asc()
QUEUES = {
    "shipped": _("Shipped, not delivered"),
    "delivered": _("Delivered"),
    "ended": _("Ended"),
}


def _has_rest(row: MerchantOrder) -> bool:
    """A part of it is on its way, and there is more to send."""
    return row.part_shipped_at is not None and row.status == OrderStatus.PREPARING


class QueueFilter(admin.SimpleListFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(QUEUES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {
            "shipped": queryset.filter(status=OrderStatus.SHIPPED),
            "delivered": queryset.filter(status=OrderStatus.DELIVERED),
            "ended": queryset.filter(status__in=[OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.REFUNDED]),
        }
        return chosen.get(self.value() or "", queryset)


@admin.register(MerchantOrder, site=merchant_site)
class MerchantOrderAdmin(MerchantModelAdmin):
    """Most urgent first; what has left the house follows, newest first."""

    duty = Duty.ORDERS
    list_display = ["number", "state", "due", "goods", "buyer", "total", "placed"]
    list_filter = [QueueFilter, "status"]
    list_select_related = ["checkout"]
    search_fields = ["number", "checkout__name", "lines__title", "lines__sku"]
    search_help_text = _("Number, buyer, title or SKU")
    change_form_before_template = "backoffice/order.html"
    actions = ["prepare_selected", "send_selected", "deliver_selected_today"]
    actions_detail = ["prepare", "ship", "deliver_own", "deliver", "give_up", "cancel", "refuse_at_door", "guest_paid", "grant_downloads"]
    state = column(lambda self, row: state_label(row), _("status"), ordering="status")
    due = column(lambda self, row: ship_by_label(row, now()), _("ship by"), ordering="due_at")
    goods = column(lambda self, row: lines_summary(row), _("items"))
    buyer = column(lambda self, row: f"{row.checkout.name}, {row.checkout.city}", _("to"))
    total = money_column("total_minor", _("total"))
    placed = day_column("placed_at", _("placed"))

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).exclude(status__in=UNPAID).select_related("checkout", "duty_estimate")
        return rows.annotate(due_at=DUE).prefetch_related(Prefetch("lines", OrderLine.objects.select_related("bundle").order_by("pk")))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def get_ordering(self, request: HttpRequest) -> Any:
        return [WAITING_FIRST, DUE.asc(nulls_last=True), "-placed_at"]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        return super().changeform_view(request, object_id, form_url, {**(order_context(row) if row else {}), **(extra_context or {})})

    @object_action(
        description=_("Start preparing"),
        text=_("Tells the shopper that you are packing it."),
        done=_("The order is being prepared."),
        icon="inventory",
        when=lambda row: row.status == OrderStatus.PAID,
    )
    def prepare(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        fulfilment.start_preparing(order_id=row.pk, actor=self.actor(request), at=now())

    @object_action(
        description=_("Mark shipped"),
        text=_("All that is left of the order leaves your stock, and the shopper gets the tracking number."),
        done=_("The order is shipped."),
        form_class=ShipForm,
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status in TO_SHIP and row.pickup_from_id is None,
    )
    def ship(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        dispatching.dispatch_order(order_id=row.pk, actor=self.actor(request), at=now(), **form.parcel)

    @object_action(
        description=_("Deliver ourselves"),
        text=_("The goods leave your stock; the parcel waits on the route plan of that day."),
        done=_("The parcel is on the route plan."),
        form_class=OwnDeliveryForm,
        icon="directions_car",
        when=lambda row: row.status in TO_SHIP and row.pickup_from_id is None,
    )
    def deliver_own(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        wanted = {name: form.cleaned_data[name] for name in ("day", "note")}
        deliver_ourselves(order_id=row.pk, actor=self.actor(request), at=now(), **wanted)

    @object_action(
        description=_("Mark delivered"),
        text=_("Only when you know that the shopper has it."),
        done=_("The order is delivered."),
        icon="home",
        when=lambda row: row.status == OrderStatus.SHIPPED,
    )
    def deliver(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        fulfilment.mark_delivered(order_id=row.pk, actor=self.actor(request), at=now())

    @object_action(
        description=_("Send no more"),
        text=_("What is not sent yet goes back on sale, its price goes back to the shopper, and the order counts as shipped."),
        done=_("The rest is given up and refunded."),
        form_class=ReasonForm,
        icon="remove_shopping_cart",
        variant=ActionVariant.DANGER,
        when=lambda row: _has_rest(row) and not row.checkout.is_cash,
    )
    def give_up(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        give_up_rest(order_id=row.pk, actor=self.actor(request), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Cancel and refund"),
        text=_("The shopper gets all money and points back; the goods go back on sale. This cannot be undone."),
        done=_("The order is cancelled and refunded."),
        form_class=ReasonForm,
        icon="cancel",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status in TO_SHIP and row.part_shipped_at is None,
    )
    def cancel(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        cancellation.cancel_order(order_id=row.pk, actor=self.actor(request), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Refused at the door"),
        text=_("The shopper did not take the parcel and paid nothing. The goods are back with you and go on sale again."),
        done=_("The order is cancelled; the goods are back in stock."),
        form_class=ReasonForm,
        icon="door_front",
        variant=ActionVariant.DANGER,
        when=lambda row: row.checkout.is_cash and (row.status == OrderStatus.SHIPPED or _has_rest(row)),
    )
    def refuse_at_door(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        cash.refuse_at_door(order_id=row.pk, actor=self.actor(request), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Guest is paid back"),
        text=_("When you have given the guest the money of this cash order back, by hand or by bank."),
        done=_("Noted."),
        icon="payments",
        when=lambda row: row.checkout.is_cash and owes_guest(row),
    )
    def guest_paid(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        note_paid_by_merchant(reference=row.pk, at=now())

    @object_action(
        description=_("Grant downloads"),
        text=_("For all files of this order: so many more downloads, and access for at least so many days. The timeline says so."),
        done=_("The shopper can download again."),
        form_class=GrantForm,
        icon="download",
        when=lambda row: row.digital_consent_at is not None and row.status in GIVES_ACCESS,
    )
    def grant_downloads(self, request: HttpRequest, form: Any, row: MerchantOrder) -> None:
        grant_more(order_id=row.pk, actor=self.actor(request), at=now(), **form.granted)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @admin.action(description=_("Start preparing"), permissions=["act"])
    def prepare_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = 0
        for order in queryset.filter(status=OrderStatus.PAID):
            try:
                fulfilment.start_preparing(order_id=order.pk, actor=self.actor(request), at=now())
                done += 1
            except DomainError as error:
                messages.error(request, f"{order.number}: {error}")
        messages.success(
            request, ngettext("%(count)d order is being prepared.", "%(count)d orders are being prepared.", done) % {"count": done}
        )

    @admin.action(description=_("Deliver ourselves today"), permissions=["act"])
    def deliver_selected_today(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = self._send_each(
            request, queryset, lambda order, told: deliver_ourselves(order_id=order.pk, day=timezone.localdate(), **told)
        )
        if done:
            words = ngettext("%(count)d parcel is on today's route plan.", "%(count)d parcels are on today's route plan.", done)
            messages.success(request, words % {"count": done})

    @admin.action(description=_("Send with the built-in carrier"), permissions=["act"])
    def send_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """It gives its parcels their numbers itself, so nothing is asked."""
        done = self._send_each(request, queryset, lambda order, told: dispatching.dispatch_order(order_id=order.pk, way=SIMULATED, **told))
        if done:
            words = ngettext("%(count)s order is shipped.", "%(count)s orders are shipped.", done)
            messages.success(request, words % {"count": done})

    def _send_each(self, request: HttpRequest, queryset: QuerySet[Any], send: Callable[[MerchantOrder, dict[str, Any]], Any]) -> int:
        """How many of those to be sent left; why the others did not is said."""
        done = 0
        for order in queryset.filter(status__in=TO_SHIP, pickup_from=None):
            try:
                send(order, {"actor": self.actor(request), "at": now()})
                done += 1
            except DomainError as error:
                messages.error(request, f"{order.number}: {error}")
        return done
