"""What is said of used goods on their page."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.errors import DefectsTooLong
from catalog.services.products import update_product
from tests.factories.catalog import make_product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("condition", "said"), [("like_new", "Used a few times at most"), ("good", "Used and cared for"), ("fair", "Clearly used")]
)
def test_each_grade_is_explained(client: Client, condition: str, said: str) -> None:
    page = client.get(f"/p/{make_product(condition=condition).slug}/").text

    assert said in page


def test_new_goods_need_no_explanation(client: Client) -> None:
    assert 'data-testid="condition"' not in client.get(f"/p/{make_product().slug}/").text


def test_defects_are_shown_in_the_readers_language_and_inert(client: Client) -> None:
    product = make_product(condition="fair", defects=" A <b>dent</b> ", i18n={"zh-hans": {"defects": "有凹痕"}})

    english, chinese = client.get(f"/p/{product.slug}/").text, client.get(f"/p/{product.slug}/", headers={"accept-language": "zh-CN"}).text

    assert "A &lt;b&gt;dent&lt;/b&gt;" in english
    assert "有凹痕" in chinese


def test_a_novel_about_defects_is_refused() -> None:
    product = make_product(condition="fair", defects="A dent")

    with pytest.raises(DefectsTooLong):
        update_product(product_id=product.pk, defects="x" * 1_001)

    product.refresh_from_db()
    assert product.defects == "A dent"
