"""A robot that follows every link: no page is broken, and looking at pages changes no business row (WEB02)."""

from __future__ import annotations

from collections import deque
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from orders.services.reviews import review_line
from orders.states import OrderStatus
from tests.drain import drain
from tests.factories.accounts import make_address, make_user
from tests.factories.catalog import make_category
from tests.factories.loyalty import make_lot
from tests.factories.orders import make_cart, make_goods
from tests.snapshot import snapshot
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
MOST_PAGES = 90
# Files, and the visitor's own choices: following those would change the language of the rest of the walk.
NOT_FOLLOWED = ("/static/", "/media/", "/language/", "/theme/")
CHOICES = ("/language/en/?next=/help/", "/language/zh-hans/?next=/cart/", "/theme/?next=/")


class Links(HTMLParser):
    """Where a page leads by links; forms are not followed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"a", "link", "iframe"}:
            self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def crawl(client: Client, start: str = "/") -> dict[str, int]:
    """Breadth first over links of this site; status by path."""
    waiting, seen = deque([start]), {start}
    statuses: dict[str, int] = {}
    while waiting and len(statuses) < MOST_PAGES:
        path = waiting.popleft()
        answer = client.get(path)
        statuses[path] = answer.status_code
        links = [answer["Location"]] if answer.has_header("Location") else []
        if answer.get("Content-Type", "").startswith("text/html"):
            links += Links(answer.content.decode()).found
        for link in links:
            target = local(urljoin(path, link))
            if target and target not in seen:
                seen.add(target)
                waiting.append(target)
    return statuses


def local(url: str) -> str:
    """The path of a link that a robot of this site follows, else nothing."""
    parts = urlsplit(urldefrag(url).url)
    is_ours = parts.netloc in {"", urlsplit(settings.SITE_URL).netloc, "testserver"} and parts.scheme in {"", "http"}
    if not is_ours or not parts.path.startswith("/") or parts.path.startswith(NOT_FOLLOWED):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def fill_the_shop(user: User) -> None:
    """Goods in two categories, and a member with orders in every state, a review, points, an address and a cart."""
    root = make_category("Home")
    lamps = make_category("Lamps", parent=root)
    goods = [make_goods(category=category, stock=40) for category in (root, lamps, lamps)]
    for status in OrderStatus:
        order_up_to(status, user=user, variants=goods[:2])
    done = order_up_to("completed", user=user, variants=goods[:1])
    line = done.order.lines.get()
    review_line(order_line_id=line.pk, user_id=user.pk, stars=4, text="Warm light.", language="en", at=timezone.now())
    make_lot(500, user=user)
    make_address(user)
    make_cart(*goods, user=user)
    drain()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("visitor", ["guest", "member"])
def test_every_link_leads_somewhere_and_changes_nothing(visitor: str, language: str) -> None:
    user = make_user()
    fill_the_shop(user)
    client = Client(headers={"accept-language": language})
    if visitor == "member":
        client.force_login(user)
    before = snapshot()

    statuses = crawl(client)
    chosen = {client.get(path).status_code for path in CHOICES}

    assert {path: status for path, status in statuses.items() if status >= 400} == {}
    assert chosen == {302}
    assert len(statuses) > (40 if visitor == "member" else 20)
    assert snapshot() == before
