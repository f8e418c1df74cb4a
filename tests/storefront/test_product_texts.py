"""Texts that come from merchants' data, as readers of either language see them."""

import pytest
from django.test import Client
from django.utils.translation import override

from catalog.models import Product
from orders.models import OrderLine
from storefront.templatetags.storefront import chosen_options
from tests.factories.catalog import make_product


@pytest.mark.django_db
def test_a_description_keeps_its_paragraphs_and_loses_scripts(client: Client) -> None:
    product = make_product(description="<p>Warm &amp; soft</p><ul><li>wool</li></ul><script>alert(1)</script>")

    page = client.get(f"/p/{product.slug}/").content.decode()

    assert "<p>Warm &amp; soft</p><ul><li>wool</li></ul>" in page
    assert "&lt;p&gt;" not in page
    assert "alert(1)" not in page


@pytest.mark.django_db
def test_lines_typed_without_tags_become_paragraphs(client: Client) -> None:
    product = make_product(description="Warm\nand soft\n\nWash cold")

    page = client.get(f"/p/{product.slug}/").content.decode()

    assert "<p>Warm<br>and soft</p>\n\n<p>Wash cold</p>" in page


@pytest.mark.django_db
def test_days_of_arrival_are_written_the_chinese_way(client: Client) -> None:
    product = make_product()

    page = client.get(f"/p/{product.slug}/", headers={"accept-language": "zh-hans"}).content.decode()

    assert "预计<strong>" in page
    assert "日（星期" in page


def test_options_of_a_bought_product_are_named_in_the_readers_language() -> None:
    red = {"value": "Red", "i18n": {"zh-hans": {"value": "红色"}}}
    colour = {"name": "Colour", "i18n": {"zh-hans": {"name": "颜色"}}, "values": [red]}
    line = OrderLine(product=Product(options=[colour]), options={"Age": "3", "Colour": "Red"})

    with override("zh-hans"):
        chinese = chosen_options(line)

    assert list(chinese.items()) == [("颜色", "红色"), ("Age", "3")]
    assert chosen_options(line) == {"Colour": "Red", "Age": "3"}
