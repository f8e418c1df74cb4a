import pytest
from django.test import Client

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
