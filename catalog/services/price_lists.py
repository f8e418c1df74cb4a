"""Price lists: what a merchant asks of companies. Every change makes a new version."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.errors.trade import PriceListInvalid, PriceListNotFound, PriceListRowsInvalid
from catalog.models import PriceList, PriceListRow, Variant
from catalog.rules.quantities import MOST_PIECES, Tier
from catalog.rules.texts import storable
from catalog.rules.trade import steps_fit
from core.money import charge_step
from merchants.models import Merchant

MOST_ROWS = 2_000
MAX_PRICE_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class NewRow:
    """A variant's prices by quantity, in minor units of the list's currency; `least` 0 leaves the least quantity as it is."""

    sku: str
    steps: Sequence[Tier]
    least: int = 0


class PriceListFields(TypedDict, total=False):
    """Days are both included."""

    name: str
    currency: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    is_active: bool


@transaction.atomic
def create_price_list(*, merchant: Merchant, **fields: Unpack[PriceListFields]) -> PriceList:
    """Make a list without rows; raises PriceListInvalid."""
    price_list = PriceList(merchant=merchant, name="", currency=settings.CURRENCY)
    _write(price_list, fields)
    return price_list


@transaction.atomic
def update_price_list(*, price_list_id: uuid.UUID, **fields: Unpack[PriceListFields]) -> PriceList:
    """Change a list's name, days or use.

    Raises:
        PriceListNotFound: there is no such list.
        PriceListInvalid: as when making one, or another currency while it has prices.
    """
    price_list = _locked(price_list_id)
    if fields.get("currency", price_list.currency) != price_list.currency and price_list.rows.exists():
        raise PriceListInvalid
    price_list.version += 1
    _write(price_list, fields)
    return price_list


@transaction.atomic
def set_rows(*, price_list_id: uuid.UUID, rows: Sequence[NewRow]) -> PriceList:
    """Put these rows in the place of all that the list has. A repeat of the same rows changes nothing.

    Raises:
        PriceListNotFound: there is no such list.
        PriceListRowsInvalid: an unknown SKU, one named twice, prices that are none or do not get lower, too many; nothing is changed.
    """
    price_list = _locked(price_list_id)
    # Somebody else's SKUs are as unknown as ones that never were.
    skus = [row.sku for row in rows[: MOST_ROWS + 1]]
    known = dict(Variant.objects.filter(merchant=price_list.merchant_id, sku__in=skus).values_list("sku", "pk"))
    problems = problems_of(rows, known, price_list.currency)
    if problems:
        raise PriceListRowsInvalid(count=len(problems), first=problems[0])
    fresh = [_row(price_list, known[row.sku], row) for row in rows]
    if _content(fresh) == _content(price_list.rows.all()):
        return price_list
    price_list.rows.all().delete()
    PriceListRow.objects.bulk_create(fresh)
    price_list.version += 1
    price_list.save(update_fields=["version"])
    return price_list


def problems_of(rows: Sequence[NewRow], known: Mapping[str, Any], currency: str) -> list[str]:
    """Why rows cannot be kept, each with its SKU, in the reader's language."""
    if len(rows) > MOST_ROWS:
        return [_("A price list has at most %(most)s goods.") % {"most": MOST_ROWS}]
    seen: set[str] = set()
    problems: list[str] = []
    for row in rows:
        if row.sku not in known:
            problems.append(_("%(sku)s: you have no such SKU.") % {"sku": row.sku[:64]})
        elif row.sku in seen:
            problems.append(_("%(sku)s stands there twice.") % {"sku": row.sku[:64]})
        elif not _fits(row, currency):
            problems.append(_("%(sku)s: prices must be above zero and get lower from one quantity to the next.") % {"sku": row.sku[:64]})
        seen.add(row.sku)
    return problems


def _fits(row: NewRow, currency: str) -> bool:
    are_chargeable = all(step.price_minor <= MAX_PRICE_MINOR and step.price_minor % charge_step(currency) == 0 for step in row.steps)
    return steps_fit(row.steps) and are_chargeable and 0 <= row.least <= MOST_PIECES


def _row(price_list: PriceList, variant_id: uuid.UUID, row: NewRow) -> PriceListRow:
    steps = [list(step) for step in row.steps]
    return PriceListRow(merchant_id=price_list.merchant_id, price_list=price_list, variant_id=variant_id, least=row.least, steps=steps)


def _content(rows: Any) -> list[tuple[str, int, Any]]:
    return sorted((str(row.variant_id), row.least, row.steps) for row in rows)


def _write(price_list: PriceList, fields: PriceListFields) -> None:
    for name, value in fields.items():
        setattr(price_list, name, storable(value).strip() if isinstance(value, str) else value)
    starts, ends = price_list.valid_from, price_list.valid_until
    if not 1 <= len(price_list.name) <= 80 or price_list.currency not in settings.CURRENCIES or (starts and ends and ends < starts):
        raise PriceListInvalid
    try:
        with transaction.atomic():
            price_list.save()
    except IntegrityError as error:
        raise PriceListInvalid from error


def _locked(price_list_id: uuid.UUID) -> PriceList:
    found: PriceList | None = PriceList.objects.select_for_update().filter(pk=price_list_id).first()
    if found is None:
        raise PriceListNotFound
    return found
