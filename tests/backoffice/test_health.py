"""A shop's health page: what it says, how many statements it needs, who may come, and that lists agree with their numbers."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import StateChange
from merchants.models import Measure, Merchant, Scorecard, Violation
from merchants.scorecard_rules import failing
from orders.models import AfterSalesCase, MerchantOrder
from orders.services.scorecards import compute_scorecards
from tests.backoffice.market import Shop
from tests.factories.accounts import make_user
from tests.factories.cases import approve, open_case
from tests.factories.merchants import make_membership, make_merchant
from tests.factories.reviews import make_review
from tests.factories.scorecards import DAY, MIDNIGHT, ago, give_numbers, make_open_violation, make_order, make_variant
from tests.rights import as_owner

pytestmark = pytest.mark.django_db
HEALTH, BEHIND = "/merchant/health/", "/merchant/health/orders/"


def browser_of(merchant: Merchant, role: str = "owner", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(make_membership(merchant, make_user(language=language), role).user)
    return client


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def merchant(db: None) -> Merchant:
    """A shop with something behind every number."""
    variant = make_variant()
    make_order(variant, "completed", ship_by=ago(2), shipped_at=ago(1), tracking="BAD", delivered_at=ago(0.5))
    make_order(variant, "paid", ship_by=ago(20))
    good = make_order(variant, "completed", ship_by=ago(9), shipped_at=ago(9), tracking="SF1234567")
    case = open_case(good, reason="faulty")
    approve(case)
    MerchantOrder.objects.filter(pk=good.pk).update(delivered_at=ago(8))
    AfterSalesCase.objects.update(opened_at=ago(1))
    with as_owner():
        StateChange.objects.filter(entity_id=case.pk).exclude(from_status="").update(at=ago(1, hours=-2))
    make_review(variant.product, stars=2, at=ago(1))
    give_numbers(variant.merchant, day=DAY - dt.timedelta(days=1), late=(0, 3))
    compute_scorecards(day=DAY, at=MIDNIGHT)
    return variant.merchant


@pytest.mark.parametrize("window", [7, 30])
@pytest.mark.parametrize("measure", list(Measure))
def test_the_list_has_as_many_rows_as_the_number_says(merchant: Merchant, measure: Measure, window: int) -> None:
    count, of = Scorecard.objects.get(merchant=merchant, day=DAY, window=window).of(measure)
    browser = browser_of(merchant)
    url = f"{BEHIND}?measure={measure}&days={window}"

    wrong, everything = (browser.get(address).content.decode().count('data-testid="behind"') for address in (url, f"{url}&show=all"))

    assert (wrong, everything) == (failing(measure, count, of), of)


def test_the_list_is_paged(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.pages.health.PER_PAGE", 1)
    browser = browser_of(merchant)

    pages = [browser.get(f"{BEHIND}?measure=late&days=30&page={page}").content.decode() for page in (1, 2)]

    assert [page.count('data-testid="behind"') for page in pages] == [1, 1]
    assert pages[0] != pages[1]
    assert "page=2" in pages[0]


@pytest.mark.parametrize("measure", list(Measure))
def test_the_list_needs_as_many_statements_for_many_rows(merchant: Merchant, monkeypatch: pytest.MonkeyPatch, measure: Measure) -> None:
    browser = browser_of(merchant)
    url = f"{BEHIND}?measure={measure}&days=30&show=all"
    browser.get(url)

    counts = []
    for shown in (1, 50):
        monkeypatch.setattr("backoffice.pages.health.PER_PAGE", shown)
        with CaptureQueriesContext(connection) as statements:
            browser.get(url)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 15


def test_the_page_says_numbers_limits_and_what_to_do(merchant: Merchant) -> None:
    make_open_violation(merchant, rule="No copies", points=6)

    said = text(browser_of(merchant).get(HEALTH))

    assert "66.67 %" in said
    assert "below 4 %" in said
    assert "above 3.5 ★" in said
    assert "below 24 h 0 min" in said
    assert "Send the most urgent orders first" in said
    assert "No copies" in said


def test_a_new_shop_has_no_ratios() -> None:
    merchant = make_merchant()
    browser = browser_of(merchant)
    assert "The first numbers are there tomorrow" in text(browser.get(HEALTH))
    assert browser.get(BEHIND).status_code == 404

    compute_scorecards(day=DAY, at=MIDNIGHT)

    page = browser.get(HEALTH).content.decode()
    assert page.count('<span class="tag tag-neutral">–</span>') == 16
    assert "100 %" not in text(browser.get(HEALTH))


@pytest.mark.parametrize("query", ["measure=luck", "days=8", "days=x", "measure=&days=", "days=30%00"])
def test_what_is_no_measure_is_not_found(merchant: Merchant, query: str) -> None:
    assert browser_of(merchant).get(f"{BEHIND}?{query}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "999", "²"])
def test_a_page_that_is_none_shows_the_nearest(merchant: Merchant, page: str) -> None:
    assert browser_of(merchant).get(BEHIND, {"page": page}).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("fulfilment", 200), ("service", 200), ("finance", 200), ("read_only", 200), ("catalogue", 403)]
)
def test_whoever_sees_orders_sees_the_health(merchant: Merchant, role: str, status: int) -> None:
    browser = browser_of(merchant, role)

    assert [browser.get(url).status_code for url in (HEALTH, BEHIND)] == [status, status]
    assert ('href="/merchant/health/"' in browser.get("/merchant/").content.decode()) == (status == 200)


@pytest.mark.parametrize(("role", "appealed"), [("owner", True), ("fulfilment", True), ("service", False), ("read_only", False)])
def test_whoever_changes_orders_may_appeal(role: str, appealed: bool) -> None:
    row = make_open_violation(make_merchant())
    url = reverse("merchant:merchants_violation_appeal_it", args=[row.pk])

    answer = browser_of(row.merchant, role).post(url, {"_form_submitted": "1", "reason": "They were ours."})

    row.refresh_from_db()
    assert (answer.status_code == 403) != appealed
    assert row.status == ("appealed" if appealed else "open")


def test_a_strangers_violation_and_a_proposed_one_do_not_exist() -> None:
    mine, others = make_merchant(), make_open_violation(make_merchant())
    give_numbers(mine, late=(1, 20))
    browser = browser_of(mine)

    for row in (others, Violation.objects.get(merchant=mine)):
        for page in ("change", "history", "appeal_it"):
            url = reverse(f"merchant:merchants_violation_{page}", args=[row.pk])
            answers = browser.get(url), browser.post(url, {"_form_submitted": "1", "reason": "Mine."})
            assert {answer.status_code for answer in answers} <= {403, 404}, url
    assert "Shipped late" not in text(browser.get("/merchant/merchants/violation/")).split("Broken rules")[-1]
    others.refresh_from_db()
    assert others.status == "open"


def test_a_shop_sees_nothing_of_another_behind_its_numbers(merchant: Merchant) -> None:
    other = make_variant()
    theirs = make_order(other, "paid", ship_by=ago(2))
    compute_scorecards(day=DAY, at=MIDNIGHT)

    browser = browser_of(merchant)

    for measure in Measure:
        assert theirs.number not in text(browser.get(f"{BEHIND}?measure={measure}&show=all"))


@pytest.mark.parametrize(
    "url", [HEALTH, f"{BEHIND}?measure=rating", f"{BEHIND}?measure=response", f"{BEHIND}?measure=tracked&show=all", "/merchant/"]
)
def test_pages_need_few_statements(merchant: Merchant, url: str) -> None:
    browser = browser_of(merchant)
    browser.get(url)

    with CaptureQueriesContext(connection) as statements:
        assert browser.get(url).status_code == 200

    assert len(statements) <= 15


def test_everything_is_said_in_chinese(merchant: Merchant) -> None:
    page = browser_of(merchant, language="zh-hans").get(HEALTH)

    said = text(page)

    assert "发货超时" in said
    assert "低于4 %" in said
    assert "24小时0分钟" in said


def test_the_operator_sorts_by_each_number_and_finds_those_beyond_a_limit(operator: User, merchant: Merchant, client: Client) -> None:
    good, empty = make_merchant(name="Good Tea"), make_merchant(name="Empty Box")
    give_numbers(good, late=(0, 9))
    give_numbers(empty)
    client.force_login(operator)
    url = reverse("admin:merchants_scorecard_changelist")

    for index in range(1, 11):
        assert client.get(url, {"o": f"-{index}"}).status_code == 200
    listed = client.get(url)
    late = listed.context["cl"].list_display.index("number_late")
    worst_first = text(client.get(url, {"o": f"-{late}"}))
    assert worst_first.index(str(merchant)) < worst_first.index("Good Tea") < worst_first.index("Empty Box")
    everybody = text(listed)
    bad = text(client.get(url, {"standing__exact": "bad"}))

    assert all(str(name) in everybody for name in (merchant, good, empty))
    assert str(merchant) in bad
    assert "Good Tea" not in bad
    assert client.get(reverse("admin:merchants_scorecard_add")).status_code == 403
    card = Scorecard.objects.get(merchant=merchant, day=DAY, window=30)
    assert client.get(reverse("admin:merchants_scorecard_change", args=[card.pk])).status_code == 200
    assert client.post(reverse("admin:merchants_scorecard_change", args=[card.pk]), {"late": "0"}).status_code == 403


def test_the_operator_makes_confirms_and_decides(operator: User, client: Client) -> None:
    merchant = make_merchant()
    client.force_login(operator)
    values = {"merchant": merchant.pk, "measure": "", "rule": "No copies", "reason": "Three were.", "points": "6"}

    refused = client.post(reverse("admin:merchants_violation_add"), {**values, "rule": ""})
    assert refused.status_code == 200
    assert not Violation.objects.exists()
    client.post(reverse("admin:merchants_violation_add"), values)
    row = Violation.objects.get()
    assert (row.status, row.points, row.rule) == ("open", 6, "No copies")

    give_numbers(merchant, late=(1, 20))
    proposed = Violation.objects.get(status="proposed")
    done = {"_form_submitted": "1", "points": "3", "reason": "Please hurry."}
    client.post(reverse("admin:merchants_violation_confirm", args=[proposed.pk]), done)
    client.post(reverse("admin:merchants_violation_lift", args=[row.pk]), {"_form_submitted": "1", "reason": "They were real."})

    rows = {one.pk: (one.status, one.points) for one in Violation.objects.all()}
    assert rows == {row.pk: ("lifted", 6), proposed.pk: ("open", 3)}
    page = text(client.get(reverse("admin:merchants_violation_change", args=[row.pk])))
    assert "They were real." in page


def test_the_page_of_a_violation_shows_what_was_said(shop: Shop) -> None:
    row = Violation.objects.get(merchant=shop.merchant)
    browser = Client()
    browser.force_login(shop.owner)

    page, appeal = (reverse(f"merchant:merchants_violation_{name}", args=[row.pk]) for name in ("change", "appeal_it"))

    before = browser.get(page).content.decode()
    Violation.objects.filter(pk=row.pk).update(appeal_by=timezone.now() - dt.timedelta(seconds=1))
    after = browser.get(page).content.decode()

    assert "ANTELOPE sold copies" in before
    assert appeal in before
    assert appeal not in after
