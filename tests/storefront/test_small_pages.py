"""Pages for machines and for demonstrations, and what every answer carries."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from catalog.models import Product
from storefront.templatetags.storefront import price_parts
from support.models import Mail
from tests.factories.catalog import make_product


def test_the_sitemap_lists_what_is_on_sale_under_our_own_name(client: Client, db: None, settings: LazySettings) -> None:
    product = make_product()
    hidden = make_product()
    Product.objects.filter(pk=hidden.pk).update(status="hidden")

    index = client.get("/sitemap.xml", headers={"Host": "localhost"})
    section = client.get("/sitemap-products.xml")

    assert f"{settings.SITE_URL}/sitemap-products.xml" in index.getvalue().decode()
    assert f"{settings.SITE_URL}/p/{product.slug}/" in section.getvalue().decode()


def test_robots_stay_out_of_personal_pages(client: Client, db: None) -> None:
    assert "Disallow: /checkout/" in client.get("/robots.txt").text


def test_the_mailbox_is_closed_outside_of_demonstrations(client: Client, db: None, settings: LazySettings) -> None:
    mail = Mail.objects.create(key="1", kind="test", to="a@example.com", language="en", subject="Hello", text="Hi", html="<b>Hi</b>")
    pages = ("/dev/mailbox/", f"/dev/mailbox/{mail.pk}/", f"/dev/mailbox/{mail.pk}/html/")
    settings.DEBUG = settings.DEMO_MODE = False

    closed = [client.get(page).status_code for page in pages]
    settings.DEMO_MODE = True
    shown = [client.get(page).status_code for page in pages]

    assert closed == [404, 404, 404]
    assert shown == [200, 200, 200]


def test_a_mails_html_runs_nothing(client: Client, db: None, settings: LazySettings) -> None:
    settings.DEMO_MODE = True
    mail = Mail.objects.create(key="1", kind="test", to="a@example.com", language="en", subject="Hello", text="Hi", html="<b>Hi</b>")

    assert client.get(f"/dev/mailbox/{mail.pk}/html/")["Content-Security-Policy"].startswith("sandbox;")


def test_pictures_are_served_and_kept(client: Client, db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "products" / "one").mkdir(parents=True)
    (tmp_path / "products" / "one" / "160.webp").write_bytes(b"picture")
    (tmp_path / "secret.txt").write_text("secret")

    answer = client.get("/media/products/one/160.webp")

    assert answer.getvalue() == b"picture"
    assert "immutable" in answer["Cache-Control"]
    for path in ("/media/secret.txt", "/media/products/../secret.txt", "/media/products/%2e%2e/secret.txt", "/media/products/one/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/cart/", "/help/", "/nothing/"])
def test_every_page_carries_a_strict_policy_and_no_inline_code(client: Client, db: None, path: str) -> None:
    answer: Any = client.get(path)

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    for forbidden in (" style=", "<style", "<script>", " onclick=", "javascript:"):
        assert forbidden not in answer.text


@pytest.mark.parametrize(
    ("minor", "currency", "parts"),
    [
        (1_031_182, "JPY", ("¥", "1,031,182", "", "")),
        (99, "JPY", ("¥", "99", "", "")),
        (199_999, "USD", ("$", "1,999", ".99", "")),
        (1_234_560, "KWD", ("KWD\u00a0", "1,234", ".560", "")),
    ],
)
def test_a_price_is_parted_by_the_decimals_of_its_currency(minor: int, currency: str, parts: tuple[str, ...]) -> None:
    """MON22."""
    assert price_parts(minor, currency, "en") == parts
