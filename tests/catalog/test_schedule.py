"""Products go on sale and off it at moments their merchants have set."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.errors import ScheduleInvalid
from catalog.models import Product
from catalog.services import approval
from catalog.services.products import hide_product, publish_product
from catalog.services.schedule import follow_schedule, schedule_product
from core import outbox
from core.states import history
from support.models import Mail
from tests.factories.catalog import make_product
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
Status = Product.Status


def plan(product: Product, *, publish: dt.datetime | None = None, hide: dt.datetime | None = None) -> Product:
    return schedule_product(product_id=product.pk, publish_at=publish, hide_at=hide, at=NOW)


def fresh(product: Product) -> Product:
    return Product.objects.get(pk=product.pk)


def test_a_draft_goes_on_sale_when_its_time_has_come_and_off_again() -> None:
    product = plan(make_product(published=False), publish=NOW + HOUR, hide=NOW + 3 * HOUR)

    assert follow_schedule(at=NOW + HOUR / 2) == 0
    assert fresh(product).status == Status.DRAFT
    assert follow_schedule(at=NOW + HOUR) == 1
    shown = fresh(product)
    assert (shown.status, shown.publish_at, shown.published_at) == (Status.PUBLISHED, None, NOW + HOUR)
    assert shown.card.is_visible
    assert follow_schedule(at=NOW + 3 * HOUR) == 1
    assert (fresh(product).status, fresh(product).hide_at) == (Status.HIDDEN, None)
    assert not fresh(product).card.is_visible
    assert [move.actor for move in history(product)] == ["system:schedule", "system:schedule"]


def test_who_was_away_for_longer_than_both_moments_ends_hidden() -> None:
    product = plan(make_product(published=False), publish=NOW + HOUR, hide=NOW + 2 * HOUR)

    follow_schedule(at=NOW + 5 * HOUR)

    assert fresh(product).status == Status.HIDDEN


@pytest.mark.parametrize(
    "moments",
    [
        {"publish": NOW - HOUR},
        {"hide": NOW},
        {"publish": NOW + 2 * HOUR, "hide": NOW + HOUR},
    ],
)
def test_moments_that_make_no_sense_are_refused(moments: dict[str, Any]) -> None:
    product = make_product(published=False)

    with pytest.raises(ScheduleInvalid):
        plan(product, **moments)

    assert (fresh(product).publish_at, fresh(product).hide_at) == (None, None)


def test_what_is_on_sale_needs_no_beginning() -> None:
    product = make_product()

    with pytest.raises(ScheduleInvalid):
        plan(product, publish=NOW + HOUR)

    assert fresh(product).publish_at is None


def test_a_step_by_hand_makes_the_planned_one_needless() -> None:
    product = plan(make_product(published=False), publish=NOW + HOUR, hide=NOW + 3 * HOUR)

    publish_product(product_id=product.pk, actor="merchant:test", at=NOW)
    hide_product(product_id=product.pk, actor="merchant:test", at=NOW)

    assert (fresh(product).publish_at, fresh(product).hide_at) == (None, None)
    assert follow_schedule(at=NOW + 9 * HOUR) == 0
    assert fresh(product).status == Status.HIDDEN


def test_goods_that_need_approval_go_on_sale_at_their_time_once_it_is_given() -> None:
    product = plan(make_product(merchant=make_merchant(needs_approval=True), published=False), publish=NOW + HOUR)
    approval.submit_or_publish(product_id=product.pk, actor="merchant:test", at=NOW)

    approval.approve_product(product_id=product.pk, actor="operator:test", at=NOW)

    assert fresh(product).status == Status.HIDDEN
    follow_schedule(at=NOW + HOUR)
    assert fresh(product).status == Status.PUBLISHED


def test_what_could_not_go_on_sale_is_told_once_and_not_tried_again() -> None:
    product = plan(make_product(merchant=make_merchant(needs_approval=True), published=False), publish=NOW + HOUR)

    assert follow_schedule(at=NOW + HOUR) == 1

    assert (fresh(product).status, fresh(product).publish_at) == (Status.DRAFT, None)
    assert follow_schedule(at=NOW + HOUR) == 0
    outbox.relay(now=dt.datetime.now(dt.UTC))
    assert "It has not been approved yet" in Mail.objects.get(kind="product_not_published").text
