"""From a category to a choice: a variant's picture, a heart, two products beside each other, and the mail when a price has fallen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from catalog.models import Picture, Product, RecentView, StockAlert, Wish
from catalog.services.pictures import tie_picture
from catalog.services.variants import update_variant
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import make_category, make_product, new_variant
from tests.factories.logistics import make_stock
from tests.factories.orders import make_seller
from tests.journeys.conftest import PHONE, MakeShopper
from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.browser


@pytest.fixture
def lanterns(db: None) -> list[Product]:
    """Two lanterns of one category. The first comes in red at 20 with a picture, and in blue, dearer and sold out, with another."""
    seller, category = make_seller(), make_category("Lanterns")
    variants = [new_variant(options={"Colour": "Red"}, price_minor=2_000), new_variant(options={"Colour": "Blue"}, price_minor=3_000)]
    fields = {"merchant": seller, "category": category}
    silk = make_product(title="Silk lantern", variants=variants, attributes=[{"name": "Height", "value": "30 cm"}], **fields)
    paper = make_product(title="Paper lantern", price=900, attributes=[{"name": "Height", "value": "20 cm"}], **fields)
    for place, name in enumerate(("Red", "Blue")):
        renditions = {"original": f"products/{name}/original.webp", "width": 800, "height": 800, "widths": [160], "formats": ["webp"]}
        picture = Picture.objects.create(product=silk, position=place, alt=f"{name} lantern", **renditions)
        tie_picture(product_id=silk.pk, picture_id=picture.pk, option_name="Colour", option_value=name)
    for variant in (silk.variants.get(options={"Colour": "Red"}), paper.variants.get()):
        make_stock(5, variant=variant, warehouse=seller.warehouses.get())
    return [silk, paper]


def test_a_member_chooses_wishes_compares_and_hears_of_a_lower_price(shopper: Shopper, lanterns: list[Product]) -> None:
    silk, paper = lanterns
    user, page = make_user(), shopper.page
    red, blue = (silk.variants.get(options={"Colour": name}) for name in ("Red", "Blue"))
    shopper.sign_in(user)
    # The pictures of this test have no files.
    page.route(
        "**/media/**",
        lambda route: route.fulfill(status=200, content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>"),
    )

    page.goto("/c/lanterns/")
    page.locator("#filter-min").fill("10")
    page.locator("#filter-min").press("Enter")
    expect(shopper.find("product-card")).to_have_count(1)
    shopper.find("product-card").click()
    shopper.is_at(f"/p/{silk.slug}/")

    shopper.find("variant-option").filter(has_text="Blue").click()
    shopper.is_at(rf"/p/{silk.slug}/\?v={blue.pk}")
    expect(page.locator("p.price .price-integer")).to_have_text("30")
    expect(page.get_by_alt_text("Blue lantern")).to_be_in_viewport(ratio=0.9)
    expect(shopper.find("add-to-cart")).to_be_disabled()
    shopper.find("tell-me").click()
    expect(shopper.find("alert")).to_contain_text(user.email)
    assert StockAlert.objects.get().variant == blue
    shopper.find("variant-option").filter(has_text="Red").click()
    expect(page.locator("p.price .price-integer")).to_have_text("20")
    expect(page.get_by_alt_text("Red lantern")).to_be_in_viewport(ratio=0.9)

    heart = page.locator(f'[data-heart="{silk.pk}"]').first
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(heart).to_have_attribute("aria-pressed", "true")
    assert Wish.objects.get().wish_list.user == user

    shopper.find("compare").first.click()
    expect(shopper.find("tray")).to_be_visible()
    page.goto(f"/p/{paper.slug}/")
    page.locator(f'[data-compare="{paper.pk}"]').first.click()
    shopper.find("compare-open").filter(has_text="2").click()
    shopper.is_at(r"/compare/\?ids=.*")
    expect(shopper.find("comparison")).to_contain_text("30 cm")
    shopper.find("only-differences").click()
    expect(shopper.find("fact")).to_have_count(2)

    update_variant(variant_id=red.pk, price_minor=1_500)
    drain()
    mail = Mail.objects.get(kind="wish_price_fell")
    assert mail.to == user.email
    page.goto("/wishlist/")
    expect(shopper.find("wish-saved")).to_contain_text("$5.00")
    off = re.search(r"/wishlist/off/\S+/", mail.text)
    assert off is not None
    page.goto(off[0])
    shopper.find("mails-off").click()
    assert Wish.objects.get().is_quiet


def test_a_guests_wishes_and_what_was_looked_at_follow_into_the_account(new_shopper: MakeShopper, lanterns: list[Product]) -> None:
    user, shopper = make_user(), new_shopper(**PHONE)
    page = shopper.page
    page.route(
        "**/media/**",
        lambda route: route.fulfill(status=200, content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>"),
    )

    page.goto(f"/p/{lanterns[1].slug}/")
    page.locator(".heart-in-dock").click()
    expect(page.locator(".heart-in-dock")).to_have_attribute("aria-pressed", "true")
    page.goto("/recent/")
    expect(shopper.find("recent")).to_contain_text("Paper lantern")
    assert not RecentView.objects.exists()
    shopper.sign_in(user)
    page.goto("/wishlist/")
    page.wait_for_load_state("networkidle")

    assert [view.product_id for view in RecentView.objects.all()] == [lanterns[1].pk]


def test_what_was_put_into_the_cart_is_shown_beside_the_page_and_escape_closes_it(shopper: Shopper, lanterns: list[Product]) -> None:
    page = shopper.page
    page.goto(f"/p/{lanterns[1].slug}/")

    page.locator("[data-step='1']").click()
    shopper.find("add-to-cart").click()

    expect(shopper.find("mini-cart")).to_be_visible()
    expect(shopper.find("mini-subtotal")).to_have_text("$18.00")
    expect(page.locator("#mini-cart-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(shopper.find("mini-cart")).to_be_hidden()
    expect(shopper.find("cart-count")).to_have_text("2")


def test_pressed_twice_quickly_the_cart_in_short_shows_both(shopper: Shopper, lanterns: list[Product]) -> None:
    page = shopper.page
    page.goto(f"/p/{lanterns[1].slug}/")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/cart/mini/", hold, times=1)

    shopper.find("add-to-cart").click()
    expect(shopper.find("cart-count")).to_have_text("1")
    shopper.find("add-to-cart").click()
    expect(shopper.find("cart-count")).to_have_text("2")
    waiting[0].continue_()

    expect(shopper.find("mini-cart")).to_be_visible()
    expect(shopper.find("mini-subtotal")).to_have_text("$18.00")
    expect(page.locator("#mini-cart-title")).to_be_focused()


def test_hearts_and_comparison_work_without_javascript(new_shopper: MakeShopper, lanterns: list[Product]) -> None:
    shopper = new_shopper(java_script_enabled=False, **PHONE)
    page = shopper.page
    page.route(
        "**/media/**",
        lambda route: route.fulfill(status=200, content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>"),
    )

    page.goto("/c/lanterns/")
    shopper.find("heart").first.click()
    shopper.is_at(r"/wishlist/add/\?product=.*")
    page.locator("main form button").click()
    shopper.is_at("/wishlist/")
    expect(shopper.find("wish")).to_have_count(1)
    for place in (0, 1):
        page.goto("/c/lanterns/")
        shopper.find("compare").nth(place).click()
    shopper.is_at(r"/compare/\?ids=.*")
    shopper.find("only-differences").click()
    expect(shopper.find("fact").first).to_contain_text("Height")
    shopper.find("compare-remove").first.click()

    expect(shopper.find("compare-remove")).to_have_count(1)
