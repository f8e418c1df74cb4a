"""A database without room: what must be written is refused cleanly, what is only read goes on, and with room again all is as before."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings as shop_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from core import invariants
from core.ids import uuid7
from orders.models import Cart, Checkout, MerchantOrder, OrderLine
from orders.services.carts import add_to_cart
from shop.servers.postgres import SUPERUSER
from tests.factories.orders import make_goods

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="a disk of its own needs root and mount"),
]
SMALL = "16m"
TABLES = ("orders_orderline", "orders_merchantorder")


@contextmanager
def superuser() -> Iterator[psycopg2.extensions.cursor]:
    """The test run's own server knows its superuser by the same password."""
    url = urlsplit(os.environ["DATABASE_URL"])
    if not url.netloc.startswith("jishi:"):
        pytest.skip("the server is somebody else's")
    address = url._replace(netloc=url.netloc.replace("jishi:", f"{SUPERUSER}:"), path=f"/{shop_settings.DATABASES['default']['NAME']}")
    found = psycopg2.connect(address.geturl())
    found.autocommit = True
    try:
        yield found.cursor()
    finally:
        found.close()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """The tables of orders lie on a disk of sixteen megabytes."""
    disk = Path(os.environ["JISHI_TEST_FOLDER"]) / f"small-{uuid7().hex}"
    disk.mkdir(mode=0o711)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("this machine may not mount")
    space = disk / "space"
    try:
        with superuser() as cursor:
            cursor.execute("SHOW data_directory")
            owner = Path(cursor.fetchone()[0]).stat()  # type: ignore[index]
            space.mkdir(mode=0o700)
            os.chown(space, owner.st_uid, owner.st_gid)
            cursor.execute("CREATE TABLESPACE small LOCATION %s", [str(space)])
            _move(cursor, "small")
            try:
                yield disk
            finally:
                (disk / "filler").unlink(missing_ok=True)
                connection.close()
                _move(cursor, "pg_default")
                cursor.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", disk], check=True)
        disk.rmdir()


def _move(cursor: psycopg2.extensions.cursor, space: str) -> None:
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} SET TABLESPACE {space}")


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"0" * 8192):
            pass


def buy(client: Client, variant: Variant) -> int:
    """Fill a cart and send the order form; the status of the answer."""
    cart = add_to_cart(user=None, token=None, variant_id=variant.pk, quantity=1, at=timezone.now())
    client.cookies["cart"] = str(cart.token)
    form = {
        "key": str(uuid7()), "seen_total": str(2_500), "email": "li.na@example.com", "name": "Li Na", "phone": "+86 138 0013 8000",
        "address": "1 Market Street", "city": "Shanghai", "postcode": "200000", "country": "CN", "gateway": "sandbox",
    }  # fmt: skip
    return client.post("/checkout/", form).status_code


def test_a_full_disk_refuses_orders_cleanly_and_lets_people_look_around(small_disk: Path, settings: Settings) -> None:
    """INF08."""
    variant = make_goods(stock=500)
    settings.UNPAID_ORDERS_PER_BUYER = 1_000
    client = Client(raise_request_exception=False)
    assert buy(client, variant) == 303
    fill(small_disk)

    answers: list[int] = []
    while len(answers) < 100 and (not answers or answers[-1] == 303):
        answers.append(buy(client, variant))

    assert answers[-1] == 503
    placed = Checkout.objects.count()
    assert placed == 1 + answers.count(303) == MerchantOrder.objects.count() == OrderLine.objects.count()
    assert Cart.objects.filter(lines__isnull=False).count() == 1
    assert client.get(f"/p/{variant.product.slug}/").status_code == 200
    assert invariants.violations() == {}

    (small_disk / "filler").unlink()

    assert buy(client, variant) == 303
    assert Checkout.objects.count() == placed + 1
    assert invariants.violations() == {}
