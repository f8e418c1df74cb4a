"""Digital goods of paid orders: who may download which file, how often and until when."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.selectors.digital import files_bought
from catalog.services.digital import file_path
from core import outbox
from core.ids import secret_token
from core.states import record_change, write_changes
from orders.errors import (
    AlreadyDownloaded,
    DownloadEnded,
    DownloadGrantInvalid,
    DownloadMissing,
    DownloadNotFound,
    DownloadPaused,
    DownloadsUsedUp,
    DownloadTooLate,
)
from orders.events import DownloadsReady
from orders.models import AfterSalesCase, Checkout, Download, MerchantOrder, OrderLine
from orders.services.moves import locked_order, move_orders
from orders.states import CASE_UNSETTLED, CaseKind, OrderStatus

ACTOR = "system:downloads"
# Refunded and cancelled orders give access to nothing.
GIVES_ACCESS = (OrderStatus.PAID, OrderStatus.PREPARING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)
MOST_DOWNLOADS = 1_000
MOST_DAYS = 3_650


def open_downloads(checkout: Checkout, orders: Sequence[MerchantOrder], *, at: dt.datetime) -> None:
    """Orders with digital goods are paid: their buyer may download from now on; those with nothing else are delivered by that.

    The caller has locked the purchase. The files are those that were offered when it was placed.
    """
    if not orders:
        return
    lines = list(OrderLine.objects.filter(order__in=orders, is_digital=True).select_related("product").order_by("pk"))
    files = files_bought({line.variant_id for line in lines}, checkout.placed_at)
    Download.objects.bulk_create(
        Download(
            line=line,
            file=file,
            token=secret_token(),
            allowed=line.quantity * (line.product.download_limit or settings.DOWNLOAD_LIMIT),
            ends_at=at + dt.timedelta(days=line.product.download_days or settings.DOWNLOAD_DAYS),
            created_at=at,
        )
        for line in lines
        for file in files.get(line.variant_id, [])
    )
    if done := [order for order in orders if order.is_digital]:
        complete_by = at + dt.timedelta(days=settings.COMPLETE_AFTER_DELIVERY_DAYS)
        move_orders(done, OrderStatus.DELIVERED, actor=ACTOR, at=at, delivered_at=at, complete_by=complete_by)
    outbox.publish(*(DownloadsReady(order_id=str(order.pk)) for order in orders))


def download_of(checkout: Checkout, token: str) -> Download:
    """A download of this purchase with its file.

    Raises:
        DownloadNotFound: none, or another purchase's.
    """
    rows = Download.objects.select_related("file", "line__order").filter(line__order__checkout=checkout)
    found: Download | None = rows.filter(token=token).first() if token.isprintable() else None
    if found is None:
        raise DownloadNotFound
    return found


def take_download(*, checkout: Checkout, token: str, at: dt.datetime) -> tuple[Download, BinaryIO]:
    """Count one download of a file and hand its bytes over, opened; whoever calls closes it.

    Raises:
        DownloadNotFound: none of this purchase.
        DownloadEnded, DownloadsUsedUp, DownloadTooLate: it is over. Nothing is counted.
        DownloadMissing: the file is not where it should be. Nothing is counted.
    """
    row = download_of(checkout, token)
    try:
        content = file_path(row.file).open("rb")
    except OSError as error:
        raise DownloadMissing from error
    if not _usable(at).filter(pk=row.pk).update(used=F("used") + 1, first_at=Coalesce("first_at", at), last_at=at):
        content.close()
        raise _why_not(row, at)
    row.used += 1
    return row, content


def _usable(at: dt.datetime) -> QuerySet[Download]:
    """Downloads that are not over.

    The columns of the row itself are compared outside of any subquery, and nothing is joined, so that an UPDATE which has waited for
    another one looks at them again.
    """
    paid = OrderLine.objects.filter(pk=OuterRef("line_id"), order__status__in=GIVES_ACCESS, refunded_minor__lt=F("total_minor"))
    return Download.objects.filter(
        Exists(paid), ~Exists(_cancelling(order__lines=OuterRef("line_id"))), used__lt=F("allowed"), ends_at__gt=at, revoked_at=None
    )


def _cancelling(**order: Any) -> QuerySet[AfterSalesCase]:
    """The shopper has asked to cancel the order and it is not decided: who has asked all money back does not download meanwhile."""
    return AfterSalesCase.objects.filter(**order, kind=CaseKind.CANCELLATION, status__in=CASE_UNSETTLED)


def _why_not(row: Download, at: dt.datetime) -> Exception:
    now = Download.objects.select_related("line__order").get(pk=row.pk)
    if now.is_ended or now.line.order.status not in GIVES_ACCESS:
        return DownloadEnded()
    if _cancelling(order=now.line.order).exists():
        return DownloadPaused()
    return DownloadTooLate() if now.is_over(at) else DownloadsUsedUp(allowed=now.allowed)


def revoke_unused(lines: QuerySet[OrderLine], *, at: dt.datetime) -> None:
    """The buyer gives digital goods back: their downloads end, which is possible as long as none of them was used.

    Raises:
        AlreadyDownloaded: one was; nothing is changed, as the caller's transaction is given up.
    """
    rows = Download.objects.filter(line__in=lines.values("pk"))
    unused = Download.objects.filter(pk__in=sorted(rows.values_list("pk", flat=True)), used=0)
    if unused.update(revoked_at=at) != rows.count():
        raise AlreadyDownloaded


@transaction.atomic
def grant_more(
    *, order_id: uuid.UUID, downloads: int, days: int, reason: str, actor: str, at: dt.datetime, line_id: uuid.UUID | None = None
) -> int:
    """The merchant lets the buyer of an order download more often, or longer from now on; returns how many files that is about.

    It is written into the order's history. A download that was given back stays so.

    Raises:
        OrderNotFound: there is no such order.
        DownloadGrantInvalid: nothing is granted, too much, or without a reason.
        DownloadEnded: the order gives no access, or has nothing to download.
    """
    order = locked_order(order_id)
    if not (0 <= downloads <= MOST_DOWNLOADS and 0 <= days <= MOST_DAYS and downloads + days > 0 and reason.strip()):
        raise DownloadGrantInvalid
    rows = Download.objects.filter(line__order=order, revoked_at=None, line__refunded_minor__lt=F("line__total_minor"))
    rows = rows if line_id is None else rows.filter(line=line_id)
    keys = sorted(rows.values_list("pk", flat=True))
    if order.status not in GIVES_ACCESS or not keys:
        raise DownloadEnded
    granted = Download.objects.filter(pk__in=keys)
    granted.update(allowed=F("allowed") + downloads)
    until = at + dt.timedelta(days=days)
    granted.filter(Q(ends_at__lt=until)).update(ends_at=until)
    said = f"downloads granted: {downloads}, days: {days}; {reason.strip()}"[:200]
    write_changes([record_change(order, order.status, order.status, actor=actor, reason=said, at=at)])
    return len(keys)
