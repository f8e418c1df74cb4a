"""What may be shared between strangers, and what never."""

import gzip

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories.accounts import make_user
from tests.factories.catalog import make_product
from tests.factories.orders import make_goods

SHARED = ["/", "/categories/", "/search/", "/help/", "/robots.txt"]
PERSONAL = ["/cart/", "/checkout/", "/orders/", "/account/", "/account/points/", "/sign-in/", "/sign-up/", "/account/x.css", "/nothing.css"]


@pytest.mark.parametrize("path", SHARED)
def test_the_second_visitor_gets_the_kept_page_without_a_query(
    db: None, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = Client().get(path)

    with django_assert_num_queries(0):
        second = Client().get(path)

    assert second.content == first.content
    assert second["Cache-Control"].startswith("public")
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= {name.strip() for name in second["Vary"].split(",")}
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert not second.cookies
    assert "csrfmiddlewaretoken" not in second.text


@pytest.mark.parametrize("path", PERSONAL)
def test_personal_pages_and_missing_ones_are_never_kept(db: None, path: str) -> None:
    answer = Client().get(path)

    assert "no-store" in answer["Cache-Control"]


def test_a_page_that_is_still_the_same_is_not_sent_again(db: None) -> None:
    etag = Client().get("/")["ETag"]

    answer = Client().get("/", headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert not answer.content


def test_a_browser_that_takes_gzip_gets_the_same_page_packed(db: None) -> None:
    plain = Client().get("/").content

    packed = [Client().get("/", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]

    assert [gzip.decompress(answer.content) for answer in packed] == [plain, plain]
    assert {answer["Content-Encoding"] for answer in packed} == {"gzip"}


def test_a_member_is_never_shown_or_kept(db: None) -> None:
    member = Client()
    member.force_login(make_user())
    anonymous = Client().get("/").text

    own = member.get("/")

    assert "/sign-in/" in anonymous
    assert "no-store" in own["Cache-Control"]
    assert Client().get("/").text == anonymous


def test_somebody_with_a_cart_sees_their_own_count(db: None) -> None:
    Client().get("/")
    shopper = Client()

    shopper.post("/cart/add/", {"variant": make_goods().pk, "quantity": "3"})

    assert ">3</span>" in shopper.get("/").text
    assert ">3</span>" not in Client().get("/").text


def test_languages_and_looks_are_kept_apart(db: None) -> None:
    english = Client().get("/")
    chinese = Client().get("/", headers={"Accept-Language": "zh-CN"})
    dark = Client()
    dark.cookies["theme"] = "dark"

    assert '<html lang="en"' in english.text
    assert '<html lang="zh-Hans"' in chinese.text
    assert 'data-theme="jishi-dark"' in dark.get("/").text
    assert "data-theme" not in Client().get("/").text


def test_an_unknown_parameter_is_never_kept_for_others(db: None) -> None:
    Client().get("/?evil=1")

    answer = Client().get("/?evil=1")

    assert "no-store" in answer["Cache-Control"]
    assert "evil" not in Client().get("/").text


def test_the_host_a_visitor_claims_is_refused_and_does_not_show(db: None) -> None:
    Client().get("/")

    assert Client().get("/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil.example" not in Client().get("/", headers={"X-Forwarded-Host": "evil.example"}).text


def test_a_changed_card_is_drawn_anew(db: None) -> None:
    product = make_product(title="Paper lantern")
    shopper = Client()
    shopper.cookies["cart"] = "x" * 20
    shopper.get("/search/")

    from catalog.services import update_product

    update_product(product_id=product.pk, title="Silk lantern")

    assert "Silk lantern" in shopper.get("/search/?sort=newest").text  # a list of its own; the first is remembered for seconds
