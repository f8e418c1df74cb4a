"""Goods with the buyer's own words on them, or made for one buyer: cart, order, and what may be given back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.errors import AnswerMissing, AnswerTooLong, AnswerUnreadable, NotMadeToOrder, PersonalisationInvalid
from catalog.models import Variant
from catalog.services.products import update_product
from core.ids import uuid7
from logistics.models import Reservation
from orders.errors import AnswersNeeded, BespokeNotReturnable, QuoteNotOffered
from orders.models import Cart, CartLine, OrderLine, Quote
from orders.selectors import cart_view
from orders.services.carts import add_to_cart, merge_carts
from orders.services.cases import opening
from orders.services.cases.opening import Complaint, Wish
from orders.services.quotes import ask_for_quote
from tests.factories.accounts import make_user
from tests.factories.orders import make_cart, make_digital, make_goods, make_seller, place
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
ENGRAVING = {"label": "Engraving", "label_zh": "刻字", "most": 10, "is_required": True}
COLOUR = {"label": "Thread", "label_zh": "线色", "most": 20, "is_required": False}


def make_ring(**overrides: Any) -> Variant:
    return make_goods(**{"personalisation": [ENGRAVING, COLOUR], "stock": 20, **overrides})


def put(variant: Variant, cart: Cart | None = None, quantity: int = 1, **answers: str) -> Cart:
    token = cart.token if cart else None
    return add_to_cart(user=None, token=token, variant_id=variant.pk, quantity=quantity, at=timezone.now(), answers=answers)


def test_other_words_are_another_line_and_the_same_words_more_of_one() -> None:
    ring = make_ring()

    cart = put(ring, a1="Ada")
    put(ring, cart, a1=" Ada ", quantity=2)
    put(ring, cart, a1="Bea")
    put(ring, cart, a1="Ada", a2="red")

    lines = [(line.quantity, line.answers) for line in CartLine.objects.order_by("pk")]
    assert lines == [(3, {"a1": "Ada"}), (1, {"a1": "Bea"}), (1, {"a1": "Ada", "a2": "red"})]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({}, AnswerMissing),
        ({"a1": "  "}, AnswerMissing),
        ({"a2": "red"}, AnswerMissing),
        ({"a1": "x" * 11}, AnswerTooLong),
        ({"a1": "a\nb"}, AnswerUnreadable),
        ({"a1": "a\u202eb"}, AnswerUnreadable),
        ({"a1": "a\0b"}, AnswerUnreadable),
        ({"a1": "a\u200bb"}, AnswerUnreadable),
    ],
)
def test_what_is_missing_too_long_or_unreadable_is_refused(answers: dict[str, str], error: type[Exception]) -> None:
    ring = make_ring()

    with pytest.raises(error) as refused:
        put(ring, **answers)

    assert refused.value.params["key"] == "a1"  # type: ignore[attr-defined]
    assert not CartLine.objects.exists()


def test_what_was_not_asked_for_is_left_out_and_emoji_are_words() -> None:
    put(make_ring(), a1="👩‍🚀 Ada", a9="<script>")

    assert CartLine.objects.get().answers == {"a1": "👩‍🚀 Ada"}


def test_an_order_keeps_the_words_with_their_labels_of_then() -> None:
    ring = make_ring()
    checkout = place(put(ring, a1="Ada"))
    update_product(product_id=ring.product_id, personalisation=[])

    line = OrderLine.objects.get(order__checkout=checkout)
    assert line.is_bespoke
    assert line.answers_in("en") == [("Engraving", "Ada")]
    assert line.answers_in("zh-hans") == [("刻字", "Ada")]


def test_two_lines_of_one_variant_reserve_together() -> None:
    ring = make_ring()
    cart = put(ring, a1="Ada", quantity=2)
    put(ring, cart, a1="Bea")

    checkout = place(cart)

    assert OrderLine.objects.filter(order__checkout=checkout).count() == 2
    assert Reservation.objects.get().quantity == 3


def test_a_line_that_lacks_an_answer_by_now_is_not_placed() -> None:
    lamp = make_goods()
    cart = make_cart(lamp)
    total = cart_view(cart).total_minor
    update_product(product_id=lamp.product_id, personalisation=[ENGRAVING])

    view = cart_view(cart)
    assert view.parcels[0].lines[0].problem == "needs_answers"
    with pytest.raises(AnswersNeeded):
        place(cart, expected_total_minor=total)

    assert not OrderLine.objects.exists()


def test_signing_in_keeps_lines_with_different_words_apart() -> None:
    ring, user = make_ring(), make_user()
    guest = put(ring, a1="Ada")
    put(ring, guest, a1="Bea")
    add_to_cart(user=user, token=None, variant_id=ring.pk, quantity=1, at=timezone.now(), answers={"a1": "Ada"})

    merged = merge_carts(token=str(guest.token), user=user)

    assert merged is not None
    assert sorted((line.quantity, line.answers["a1"]) for line in merged.lines.all()) == [(1, "Bea"), (2, "Ada")]


@pytest.mark.parametrize(
    "fields",
    [
        [{**ENGRAVING, "label": ""}],
        [{**ENGRAVING, "label": "x" * 61}],
        [{**ENGRAVING, "label": "a\u202eb"}],
        [{**ENGRAVING, "most": 0}],
        [{**ENGRAVING, "most": 201}],
        [ENGRAVING] * 6,
    ],
)
def test_fields_that_cannot_be_asked_are_refused(fields: list[dict[str, Any]]) -> None:
    lamp = make_goods()

    with pytest.raises(PersonalisationInvalid):
        update_product(product_id=lamp.product_id, personalisation=fields)

    lamp.product.refresh_from_db()
    assert lamp.product.personalisation == []


def test_a_download_is_not_made_to_order() -> None:
    book = make_digital()

    with pytest.raises(NotMadeToOrder):
        update_product(product_id=book.product_id, is_made_to_order=True)


@pytest.mark.parametrize("overrides", [{"personalisation": [ENGRAVING]}, {"is_made_to_order": True}])
def test_what_was_made_for_the_buyer_comes_back_for_a_fault_only(overrides: dict[str, Any]) -> None:
    seller = make_seller()
    ring, lamp = make_goods(merchant=seller, **overrides), make_goods(merchant=seller)
    cart = put(lamp, put(ring, a1="Ada"))
    order = order_up_to("delivered", cart=cart).order
    lines = {line.variant_id: line for line in order.lines.all()}

    def ask(kind: str, reason: str, variant: Variant) -> Any:
        complaint = Complaint(key=uuid7(), kind=kind, reason=reason, wishes=[Wish(lines[variant.pk].pk, 1)], text="Because.")
        return opening.open_case(order_id=order.pk, complaint=complaint, actor="shopper:guest", at=timezone.now())

    for kind, reason in (("return", "withdrawal"), ("exchange", "changed_mind")):
        with pytest.raises(BespokeNotReturnable):
            ask(kind, reason, ring)
    lines[ring.pk].refresh_from_db()
    assert lines[ring.pk].claimed_quantity == 0

    assert ask("return", "faulty", ring).status == "requested"
    assert ask("return", "withdrawal", lamp).status == "approved"


def test_an_optional_text_left_empty_makes_no_difference() -> None:
    cart = put(make_ring(personalisation=[COLOUR]))

    assert not cart_view(cart).parcels[0].lines[0].is_bespoke
    place(cart)
    assert not OrderLine.objects.get().is_bespoke


def test_there_is_no_other_price_for_what_carries_words() -> None:
    with pytest.raises(QuoteNotOffered):
        ask_for_quote(user=make_user(), variant_id=make_ring().pk, quantity=20, message="", at=timezone.now())

    assert not Quote.objects.exists()
