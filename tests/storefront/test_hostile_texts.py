"""Scripts, markup and broken text in every field that people fill in: inert on every page that shows them."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from catalog.errors import TitleMissing
from catalog.models import Attribute, AttributeChoice, Brand, Product
from catalog.selectors.attributes import forget_labels
from catalog.services.cards import mark_stale, refresh_stale_cards
from catalog.services.questions import answer_question, ask_question
from catalog.services.review_answers import reply_to_review
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_category, make_product, new_variant
from tests.factories.orders import make_seller
from tests.factories.reviews import make_review

pytestmark = pytest.mark.django_db
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}{% debug %}",
    "'; DROP TABLE x; --",
    "\u202egnp.exe",
    "%s%n%x",
    "\u0000nul".replace("\u0000", ""),
    "𝕏🧨" * 20,
]
ALIVE = re.compile(r"<script>alert|onerror=alert\(1\)>|<img src=x|href=\"javascript:")


@pytest.fixture(params=range(len(ATTACKS)))
def pages(request: pytest.FixtureRequest) -> list[str]:
    """A market whose every text is an attack; returns the addresses that show it."""
    attack = ATTACKS[request.param]
    short = attack[:60]
    seen = "".join(letter for letter in short if letter.isprintable())
    texts = {"zh-hans": {"title": attack, "name": short, "description": attack}}
    category = make_category(short, slug="bad", i18n=texts)
    merchant = make_seller(name=short, description=attack, i18n=texts)
    brand = Brand.objects.create(name=short, slug="bad-brand", i18n=texts)
    attribute = Attribute.objects.create(key="bad", name=short, i18n=texts, kind="choice")
    AttributeChoice.objects.create(attribute=attribute, key="bad", label=short, i18n={"zh-hans": {"label": short}})
    forget_labels()
    for _ in range(2):
        product = make_product(
            merchant=merchant,
            category=category,
            brand=brand,
            title=attack[:200],
            description=attack,
            i18n=texts,
            personalisation=[{"label": seen, "label_zh": seen, "most": 20, "is_required": False}],
            attributes=[{"name": short, "value": short, "i18n": texts}],
            variants=[new_variant(options={short: value}) for value in (short, "other")],
        )
    mark_stale()
    refresh_stale_cards()
    review = make_review(product, stars=1, text=attack, user=make_user(name=short))
    reply_to_review(review_id=review.pk, merchant_id=merchant.pk, text=f"Answer {attack}"[:900], at=NOW)
    question = ask_question(product_id=product.pk, user_id=make_user().pk, author=short, text=f"Why {attack}"[:300], language="en", at=NOW)
    answer_question(question_id=question.pk, user_id=make_user().pk, author=short, text=attack, language="en", at=NOW)
    path = f"/p/{product.slug}/"
    return [
        "/", "/categories/", "/c/bad/", "/c/bad/?brand=bad-brand&f-bad=bad", f"/search/?q={quote(attack)}",
        f"/search/suggest/?q={quote(attack[:20])}",
        path, f"{path}reviews/", f"{path}reviews/{review.pk}/", f"{path}questions/", f"{path}questions/{question.pk}/",
        f"/s/{merchant.slug}/", f"/s/{merchant.slug}/ratings/", f"/s/{merchant.slug}/policies/", "/brands/", "/b/bad-brand/",
        f"/compare/?ids={product.pk}", "/sitemap-products.xml", f"/api/v1/products/{product.slug}/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_texts_of_people_are_inert_wherever_they_are_shown(client: Client, pages: list[str], language: str) -> None:
    broken = []
    for path in pages:
        answer = client.get(path, headers={"Accept-Language": language})
        body = answer.content.decode() if not answer.streaming else answer.getvalue().decode()
        if answer.status_code >= 500 or (ALIVE.search(body) and "json" not in answer["Content-Type"]):
            broken.append((path, answer.status_code, ALIVE.findall(body)[:2]))

    assert broken == []


def test_a_name_of_500_characters_is_refused() -> None:
    with pytest.raises(TitleMissing):
        make_product(title="x" * 500)

    assert not Product.objects.exists()
