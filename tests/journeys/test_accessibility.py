"""axe over every kind of page, light and dark, phone and desktop, English and Chinese: nothing serious, nothing critical."""

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from catalog.models import Product, Variant
from catalog.services.questions import answer_question, ask_question
from catalog.services.review_answers import reply_to_review
from catalog.services.reviews import add_later
from catalog.services.visits import follow_shop, note_seen
from catalog.services.wish_lists import create_list
from catalog.services.wishes import add_wish
from merchants.services.application_decisions import approve_application
from merchants.services.applications import submit_application
from orders.models import Checkout
from orders.services.payment import start_payment
from orders.states import OrderStatus
from tests.factories.accounts import PASSWORD, make_address, make_user
from tests.factories.applications import make_draft
from tests.factories.catalog import NOW, make_brand, make_category, make_product, new_variant
from tests.factories.loyalty import make_lot
from tests.factories.orders import make_cart, make_goods, make_seller, place
from tests.factories.reviews import make_review, photo_file
from tests.walkthrough import order_up_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BACKGROUND = "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
GUEST_PAGES = [
    "/",
    "/categories/",
    "/c/lanterns/",
    "/search/?q=lantern",
    "/search/?q=zzzz",
    "/search/?page=0",
    "/search/image/",
    "/help/",
    "/cart/",
]
GUEST_PAGES += ["/wishlist/", "/compare/", "/recent/", "/brands/", "/sell/"]
GUEST_PAGES += ["/orders/", "/sign-in/", "/sign-up/", "/password/reset/", "/nothing/", "/dev/mailbox/"]
MEMBER_PAGES = [
    "/wishlist/",
    "/recent/",
    "/account/",
    "/account/points/",
    "/account/addresses/",
    "/account/company/",
    "/cart/",
    "/checkout/",
    "/orders/",
]


def finding(page: "Page", path: str) -> list[str]:
    """What axe has against a page that is worse than moderate, in the light and in the dark, and whether it scrolls sideways."""
    page.goto(path)
    return in_both_lights(page, path)


def in_both_lights(page: "Page", path: str) -> list[str]:
    """The same of the page that is open; the style sheet follows the system, so that it need not be opened anew for the dark."""
    said = against(page, path)
    lit = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    if page.evaluate(BACKGROUND) == lit:
        said.append(f"{path} is as bright in the dark")
    said += against(page, f"{path} in the dark")
    page.emulate_media(color_scheme="light")
    return said


def against(page: "Page", path: str) -> list[str]:
    """The same of the page that is open, as it looks now."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}).response["violations"]
    said = [f"{path} {row['id']}: {node['target']}" for row in found if row["impact"] in {"serious", "critical"} for node in row["nodes"]]
    is_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    return said + ([f"{path} scrolls sideways"] if is_wide else [])


LOOKS = [(size, locale) for size in SIZES for locale in ("en-US", "zh-CN")]


@pytest.fixture(params=LOOKS, ids="-".join)
def page(request: pytest.FixtureRequest, browser: "Browser", shop_server: str) -> Any:
    size, locale = request.param
    context = browser.new_context(base_url=shop_server, viewport=SIZES[size], locale=locale, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def stock_the_shop() -> dict[str, str]:
    """Goods of two sellers, one with options; returns the addresses of their pages."""
    seller, category = make_seller(city="Hangzhou"), make_category("Lanterns")
    make_goods(merchant=seller, category=category)
    make_goods(merchant=seller, category=category, stock=0)
    colours = [new_variant(options={"Colour": name}) for name in ("Red", "Blue")]
    many = make_product(
        merchant=seller,
        category=category,
        brand=make_brand("Lumen"),
        variants=colours,
        attributes=[{"name": "Height", "value": "30 cm"}],
        at=NOW,
    )
    single = Variant.objects.filter(product__category=category).exclude(product=many).first()
    assert single is not None
    talked = talk_about(many)
    shop = f"/s/{seller.slug}/"
    return {
        "many": f"/p/{many.slug}/",
        "single": f"/p/{single.product.slug}/",
        "shop": shop,
        "policies": f"{shop}policies/",
        "ratings": f"{shop}ratings/",
        "compare": f"/compare/?ids={many.pk},{single.product_id}",
        "ask": f"/wishlist/add/?product={many.pk}",
        "alert": f"/alerts/{single.pk}/",
        **talked,
    }


def talk_about(product: Product) -> dict[str, str]:
    """A review with all that can belong to one, and an answered question; returns the addresses of their pages."""
    review = make_review(product, stars=3, service=4, delivery=5, variant={"Colour": "Red"}, photos=[photo_file()])
    add_later(review_id=review.pk, user_id=review.user_id, text="Still fine.", language="en", photos=(), at=NOW)  # type: ignore[arg-type]
    reply_to_review(review_id=review.pk, merchant_id=product.merchant_id, text="Thank you!", at=NOW)
    author = make_user().pk
    question = ask_question(product_id=product.pk, user_id=author, author="L***a", text="Is it warm?", language="en", at=NOW)
    answer_question(question_id=question.pk, user_id=make_user().pk, author="W***g", text="Yes.", language="en", at=NOW)
    base = f"/p/{product.slug}"
    return {
        "reviews": f"{base}/reviews/?stars=3",
        "review": f"{base}/reviews/{review.pk}/",
        "questions": f"{base}/questions/",
        "question": f"{base}/questions/{question.pk}/",
    }


def test_guests_pages(page: "Page") -> None:
    places = stock_the_shop()

    said = [line for path in [*GUEST_PAGES, *places.values()] for line in finding(page, path)]

    assert said == []


def test_the_pages_of_who_wants_to_sell(page: "Page", settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    user = make_user()
    sign_in(page, user.email)

    said = finding(page, "/sell/apply/")
    where: Any = {"latitude": 31, "longitude": 121, "opening_hours": {"mon": [["09:00", "18:00"]]}}
    row = make_draft(user, kind="local_store", **where)
    page.goto("/sell/apply/")
    page.locator("#sell-email").fill("nobody")
    page.get_by_test_id("save").click()
    page.locator("#error-summary").wait_for()
    said += in_both_lights(page, "an application with an error")
    submit_application(application_id=row.pk, user=user, at=NOW)
    said += finding(page, "/sell/apply/")
    approve_application(application_id=row.pk, actor="operator:test", at=NOW)
    said += finding(page, "/sell/apply/")

    assert said == []


def test_members_pages(page: "Page") -> None:
    user = make_user()
    make_address(user)
    make_lot(500, user=user)
    shipped = order_up_to(OrderStatus.SHIPPED, user=user).checkout
    completed = order_up_to(OrderStatus.COMPLETED, user=user).checkout
    unpaid = place(make_cart(make_goods(), user=user), user=user)
    make_cart(make_goods(), make_goods(), user=user)
    for goods in (make_goods(), make_goods(stock=0)):
        add_wish(user=user, token=None, product_id=goods.product_id, at=NOW)
        follow_shop(user=user, merchant_id=goods.merchant_id, is_followed=True)
    note_seen(user=user, product_ids=[goods.product_id], at=NOW)
    create_list(user=user, name="For the new flat", at=NOW)
    sign_in(page, user.email)

    reviewed = make_review(user=user, photos=[photo_file(1)], at=timezone.now())
    own = [f"/account/reviews/{reviewed.pk}/{action}/" for action in ("edit", "add", "delete")]
    own += ["/account/reviews/", f"/report/review/{make_review().pk}/"]

    paths = [*MEMBER_PAGES, *own, *(f"/orders/{row.number}/" for row in (shipped, completed)), *payment_pages(unpaid, shipped)]
    said = [line for path in paths for line in finding(page, path)]

    assert said == []


def sign_in(page: "Page", email: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/account/")


def payment_pages(unpaid: Checkout, paid: Checkout) -> list[str]:
    attempt = start_payment(checkout=unpaid, gateway="sandbox", return_url="http://localhost/", at=unpaid.placed_at)
    sandbox = f"/sandbox/{uuid.UUID(attempt.provider_id)}/"
    return [f"/pay/{unpaid.number}/", sandbox, f"/pay/{unpaid.number}/return/", f"/orders/{paid.number}/confirmation/"]
