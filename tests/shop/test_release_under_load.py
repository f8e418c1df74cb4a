"""A release while people buy: web server and worker are asked to end, others take their places, and buyers notice no more than a pause."""

import re
import threading
from collections.abc import Iterator

import psutil
import pytest

from benchmarks.purchases import check_out, hidden_fields
from tests.chaos.customers import Complaints, Customer, Customers
from tests.chaos.storm import environment, provider
from tests.proofs import books
from tests.provider_double.client import ProviderDouble
from tests.running_shop import RunningShop, running_shop, soon

pytestmark = pytest.mark.slow

SESSIONS = "/v1/checkout/sessions"
# More than a page takes, less than the ten seconds that a provider is waited for.
A_LONG_CALL = 5
PLENTY = """
SELECT c.slug FROM catalog_productcard c JOIN catalog_variant v ON v.product_id = c.product_id
JOIN logistics_stock s ON s.variant_id = v.id WHERE c.is_visible AND c.in_stock
GROUP BY c.slug HAVING min(s.on_hand - s.reserved) > 20 ORDER BY c.slug
"""


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderDouble]:
    double = provider(tmp_path_factory.mktemp("provider"), seed=1)
    yield double
    double.kill()


@pytest.fixture(scope="module")
def shop(double: ProviderDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    with running_shop(tmp_path_factory.mktemp("release"), **environment(double)) as shop:
        assert soon(shop.is_green, 180), shop.log.read_text()[-3000:]
        made = shop.run("make_catalogue", "60")
        assert made.returncode == 0, made.stderr
        double.deliver_to(f"{shop.address}/api/webhooks/stripe/")
        yield shop


@pytest.fixture(scope="module")
def slugs(shop: RunningShop) -> list[str]:
    return [slug for (slug,) in shop.ask(PLENTY)]


def clean_ends(shop: RunningShop, name: str) -> int:
    """How often one of its processes has ended with status 0 and was replaced without delay."""
    return shop.log.read_text().count(f" {name} | ended in order; starting it again in 0.2 s")


def workers_ready(shop: RunningShop) -> int:
    """How many workers have begun to take tasks so far."""
    return len(re.findall(r" worker \| .* ready\.", shop.log.read_text()))


def running(shop: RunningShop, name: str) -> psutil.Process:
    assert soon(lambda: shop.child(name) is not None, 30)
    child = shop.child(name)
    assert child is not None
    return child


def release(shop: RunningShop, name: str) -> None:
    """Ask it to end, as a release does, and wait until its successor works."""
    before, workers = clean_ends(shop, name), workers_ready(shop)
    running(shop, name).terminate()
    assert soon(lambda: clean_ends(shop, name) == before + 1, 90), shop.log.read_text()[-3000:]
    assert soon(shop.is_green if name == "web" else lambda: workers_ready(shop) > workers, 90), shop.log.read_text()[-3000:]


def await_more_purchases(complaints: Complaints) -> None:
    enough = complaints.bought + 10
    assert soon(lambda: complaints.bought >= enough, 90)


def hanging(double: ProviderDouble, method: str) -> int:
    """How many calls have been kept waiting so far."""
    return sum("hang" in call["faults"] for call in double.calls(method, SESSIONS))


def order_by_card(shop: RunningShop, slug: str, complaints: Complaints) -> str:
    """Place an order; the address of the provider's page that the shop sends the buyer to."""
    buyer = Customer(shop.address, complaints)
    _, body, _ = buyer.follow("GET", f"/p/{slug}/")
    buyer.follow("POST", "/cart/add/", {**hidden_fields(body, "/cart/add/"), "quantity": "1"})
    return check_out(buyer, gateway="stripe")


def test_processes_that_end_wait_for_the_provider_they_have_asked(shop: RunningShop, double: ProviderDouble, slugs: list[str]) -> None:
    """INF13: the web server answers the buyer whose order it has let in, and the worker brings its task to its end."""
    complaints, pages = Complaints(), list[str]()
    webs, workers = clean_ends(shop, "web"), clean_ends(shop, "worker")
    buyer = threading.Thread(target=lambda: pages.append(order_by_card(shop, slugs[0], complaints)))
    posts, gets = hanging(double, "POST"), hanging(double, "GET")
    web, worker = running(shop, "web"), running(shop, "worker")
    double.turn("hang", method="POST", path=SESSIONS, times=1)
    buyer.start()
    assert soon(lambda: hanging(double, "POST") > posts, 60)

    web.terminate()
    was_impatient = soon(lambda: not web.is_running(), A_LONG_CALL)
    double.release()
    buyer.join()

    assert not was_impatient
    assert [page.split("/pay/")[0] for page in pages] == [double.base]
    assert complaints.broken_off + complaints.failed == []
    assert soon(lambda: clean_ends(shop, "web") == webs + 1, 30)

    assert soon(shop.is_green, 90)
    double.turn("hang", method="GET", path=SESSIONS, times=1)
    double.pay(pages[0].split("/pay/")[1])
    assert soon(lambda: hanging(double, "GET") > gets, 60)

    worker.terminate()
    was_impatient = soon(lambda: not worker.is_running(), A_LONG_CALL)
    double.release()

    assert not was_impatient
    assert soon(lambda: clean_ends(shop, "worker") == workers + 1, 30)
    assert shop.ask("SELECT DISTINCT status FROM payments_paymentattempt WHERE gateway = 'stripe'") == [("succeeded",)]


def test_fifty_buyers_notice_nothing_of_releases(shop: RunningShop, double: ProviderDouble, slugs: list[str]) -> None:
    """INF13: every request is answered in full, every checkout ends paid, nothing is charged twice, and the books add up."""
    earlier = len(shop.ask("SELECT 1 FROM orders_checkout"))
    with Customers(shop.address, slugs, 50) as complaints:
        for name in ("web", "worker", "web"):
            release(shop, name)
            await_more_purchases(complaints)

    assert (complaints.broken_off, complaints.failed, complaints.refused) == ([], [], [])
    assert complaints.bought >= 50
    assert soon(lambda: not books.open_business(shop.ask), 120), books.open_business(shop.ask)
    assert shop.ask("SELECT status, count(*) FROM orders_checkout GROUP BY status") == [("paid", earlier + complaints.bought)]
    assert books.faults(shop.ask, [*books.sandbox_charges(shop.ask), *books.charges_at(double)]) == []
    assert "was sent SIGKILL" not in shop.log.read_text()  # no process of the web server outstayed its grace


def test_the_same_buyers_complain_of_a_web_server_that_is_killed(shop: RunningShop, slugs: list[str]) -> None:
    with Customers(shop.address, slugs, 50) as complaints:
        assert soon(lambda: complaints.answers >= 50, 60)
        running(shop, "web").kill()

    assert complaints.broken_off
