"""What an account gives: points, reviews, and a cart that comes along."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from core import invariants
from loyalty.selectors import balance
from orders.models import Cart, Checkout
from payments.models import Refund
from tests.drain import drain
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.orders import make_goods
from tests.journeys.shopper import Shopper
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.browser


def points_page_says(shopper: Shopper, points: int) -> None:
    shopper.page.goto("/account/points/")
    expect(shopper.page.get_by_label(shopper.say("Balance"))).to_contain_text(str(points))


def test_points_are_earned_shown_redeemed_and_given_back(shopper: Shopper) -> None:
    member = make_user()
    sent = order_up_to("shipped", user=member, variants=[make_goods(price=150_000)])
    lamp = make_goods(price=2_000)
    shopper.sign_in(member)

    # Earned when the shopper has the goods: one for each whole dollar.
    shopper.page.goto(f"/orders/{sent.checkout.number}/")
    shopper.find("confirm-receipt").click()
    shopper.sees("Thank you. The merchant is paid now.")
    drain()
    points_page_says(shopper, 1_500)
    expect(shopper.page.get_by_role("cell", name="+1500")).to_be_visible()
    expires = (timezone.now() + dt.timedelta(days=365)).date().isoformat()
    expect(shopper.page.locator(f"time[datetime^='{expires}']").first).to_be_visible()

    # Half of the goods at most may be paid with them.
    shopper.open_product(lamp.product)
    shopper.put_into_cart()
    shopper.open_cart()
    shopper.start_checkout()
    shopper.fill_in_address(email=member.email)
    offered = shopper.page.locator("[name=points]")
    expect(offered).to_have_value("1000")
    offered.check()
    shopper.place_order()
    shopper.answer_bank("approve")
    shopper.is_at("/orders/.+/confirmation/")
    drain()
    paid = Checkout.objects.get(points=1_000)
    assert (paid.status, paid.total_minor) == ("paid", 2_000 + 500 - 1_000)
    points_page_says(shopper, 500)

    # Cancelled: the money and the points come back.
    shopper.page.goto(f"/orders/{paid.number}/")
    shopper.page.locator("form[action$='/cancel/'] button").click()
    shopper.sees("The order is cancelled and the money is on its way back.")
    drain()
    points_page_says(shopper, 1_500)
    assert balance(member.pk, timezone.now()) == 1_500
    assert list(Refund.objects.values_list("amount_minor", "status")) == [(1_500, "succeeded")]
    assert invariants.violations() == {}


def test_a_guests_cart_comes_along_when_they_sign_up(shopper: Shopper) -> None:
    goods = make_goods()
    shopper.open_product(goods.product)
    shopper.put_into_cart()

    shopper.page.goto("/sign-up/")
    shopper.page.locator("[name=email]").fill("new.member@example.com")
    shopper.page.locator("[name=password1]").fill(PASSWORD)
    shopper.page.locator("main form button[type=submit]").click()
    shopper.is_at("/account/")

    expect(shopper.find("cart-count")).to_have_text("1")
    shopper.open_cart()
    expect(shopper.find("cart-line").filter(has_text=goods.product.title)).to_be_visible()
    assert Cart.objects.get().user == User.objects.get(email="new.member@example.com")
    assert "cart" not in {cookie.get("name") for cookie in shopper.context.cookies()}


def test_a_review_of_received_goods_appears_on_their_page(shopper: Shopper) -> None:
    member = make_user()
    done = order_up_to("completed", user=member, variants=[make_goods()])
    shopper.sign_in(member)

    shopper.page.goto(f"/orders/{done.checkout.number}/")
    shopper.page.locator("input[type=radio][value='4']").check()
    shopper.page.locator("form[action*='/review/'] textarea").fill("Glows warmly <b>at night</b>.")
    shopper.page.locator("form[action*='/review/'] button[type=submit]").click()
    shopper.sees("Thank you for your review.")

    shopper.open_product(done.order.lines.get().product)
    reviews = shopper.page.locator("#reviews")
    expect(reviews).to_contain_text("Glows warmly <b>at night</b>.")
    expect(reviews.get_by_text("4.0", exact=True)).to_be_visible()
    shopper.page.goto(f"/orders/{done.checkout.number}/")
    expect(shopper.page.locator("form[action*='/review/']")).to_have_count(0)
