"""Buy, receive, review with a photo, be read by others; the shop replies."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalog.models import Product, Review, ReviewPhoto
from catalog.services.review_photos import settle_photo
from core import invariants
from orders.models import Checkout
from orders.services.fulfilment import mark_delivered, ship_order
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.orders import make_goods
from tests.factories.reviews import photo_file
from tests.journeys.conftest import PHONE, MakeShopper
from tests.journeys.seller import Seller
from tests.journeys.shopper import Shopper
from tests.journeys.test_return_disputed_and_won import press, send_dialog

pytestmark = pytest.mark.browser


def buy(shopper: Shopper) -> Checkout:
    shopper.put_into_cart()
    shopper.check_out()
    shopper.answer_bank("approve")
    shopper.is_at("/orders/.+/confirmation/")
    drain()
    return Checkout.objects.get()


def deliver(checkout: Checkout) -> None:
    order = checkout.orders.get()
    ship_order(order_id=order.pk, carrier="Post", tracking_number="X-1", actor="merchant:test", at=timezone.now())
    mark_delivered(order_id=order.pk, actor="carrier:test", at=timezone.now())
    drain()


def read(reader: Shopper, product: Product) -> None:
    """A stranger reads it on a phone, in Chinese, and looks at the photo."""
    reader.open_product(product)
    expect(reader.find("review")).to_contain_text("Glows warmly <b>at night</b>.")
    expect(reader.find("review")).to_contain_text(reader.say("Verified purchase"))
    reader.find("photo-strip").locator("a").first.click()
    reader.is_at(f"/p/{product.slug}/reviews/.+/#photo-.+")
    large = reader.page.locator("img[src$='.jpg']").first
    expect(large).to_be_visible()
    large.evaluate("image => image.decode()")


def reply(seller: Seller, product: Product) -> None:
    seller.enter(product.merchant)
    seller.page.goto(f"/merchant/catalog/review/{Review.objects.get().pk}/change/")
    press(seller, "Reply")
    seller.page.locator("textarea[name=text]").fill("Thank you, enjoy it!")
    send_dialog(seller, "text")
    expect(seller.page.get_by_text(seller.say("Your reply is shown below the review."))).to_be_visible()


def test_a_review_with_a_photo_is_written_seen_and_answered(new_shopper: MakeShopper, tmp_path: Path) -> None:
    goods = make_goods()
    product = goods.product
    member = make_user()
    shopper, reader, seller = new_shopper(), new_shopper("zh-hans", **PHONE), new_shopper(kind=Seller)
    shopper.sign_in(member)
    shopper.open_product(product)
    checkout = buy(shopper)
    deliver(checkout)

    # Receipt is confirmed, and the review form is there.
    shopper.page.goto(f"/orders/{checkout.number}/")
    shopper.find("confirm-receipt").click()
    shopper.sees("Thank you. The merchant is paid now.")
    form = shopper.page.locator("form[action*='/review/']")
    form.locator("input[type=radio][value='4']").check()
    form.locator("textarea").fill("Glows warmly <b>at night</b>.")
    form.locator("select[name$='-service']").select_option("5")

    # A file that is no picture is refused, and nothing typed is lost.
    broken, picture = tmp_path / "broken.jpg", tmp_path / "lamp.jpg"
    broken.write_bytes(b"<svg onload='alert(1)'>")
    picture.write_bytes(photo_file())
    form.locator("input[type=file]").set_input_files(broken)
    with shopper.watch.expect(422):
        shopper.find("publish-review").click()
        expect(shopper.page.locator("#error-summary")).to_be_visible()
    expect(form.locator("textarea")).to_have_value("Glows warmly <b>at night</b>.")
    form.locator("input[type=file]").set_input_files(picture)
    shopper.find("publish-review").click()
    shopper.sees("Thank you for your review.")
    for photo in ReviewPhoto.objects.all():
        settle_photo(photo.pk)
    drain()

    read(reader, product)

    # The shop replies, and everybody sees it.
    reply(seller, product)
    reader.open_product(product)
    expect(reader.find("reply")).to_contain_text("Thank you, enjoy it!")

    # Another member finds it helpful, without losing the place.
    other = new_shopper()
    other.sign_in(make_user())
    other.open_product(product)
    other.find("helpful").click()
    expect(other.find("helpful")).to_have_attribute("aria-pressed", "true")
    other.page.reload()
    expect(other.find("helpful")).to_have_attribute("aria-pressed", "true")
    assert invariants.violations() == {}
