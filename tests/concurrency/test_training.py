"""One training at a time, and a killed one harms nothing."""

import datetime as dt
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from urllib.parse import quote, urlencode

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.jobs import JobRunning
from core.models import Job
from core.states import StaleState
from recommend.models import ItemNeighbours, ModelVersion, UserRecommendation
from recommend.selectors import for_you
from recommend.services import training
from recommend.services.guard import LOCK, fail_dead_training
from recommend.services.requests import request_training
from recommend.services.training import train
from shop.environment import BASE_DIR
from tests.factories.recommend import Shop, make_shop
from tests.rights import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
Status = ModelVersion.Status


class Paused(threading.Thread):
    """Trains in a thread of its own until it says `until`, then waits to be released."""

    def __init__(self, until: str) -> None:
        super().__init__()
        self.until, self.reached, self.released = until, threading.Event(), threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            train(clock=timezone.now, listen=self.hear)
        except Exception as error:
            self.error = error
        finally:
            self.reached.set()
            connection.close()

    def hear(self, words: str) -> None:
        if words == self.until:
            self.reached.set()
            self.released.wait(20)

    def __enter__(self) -> "Paused":
        self.start()
        assert self.reached.wait(20)
        return self

    def __exit__(self, *args: object) -> None:
        self.released.set()
        self.join(20)


def test_two_trainings_at_once_end_in_one_refusal_and_one_live_version() -> None:
    make_shop(people=4)

    with Paused("fitting on all data") as first:
        with pytest.raises(JobRunning):
            train(clock=timezone.now)
        assert fail_dead_training(at=timezone.now()) == 0

    assert first.error is None
    assert ModelVersion.objects.get().status == Status.LIVE


def test_without_the_lock_the_second_training_takes_the_first_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    monkeypatch.setattr(training, "training_lock", nullcontext)
    make_shop(people=4)

    with Paused("fitting on all data") as first:
        train(clock=timezone.now)

    assert isinstance(first.error, StaleState)
    assert sorted(ModelVersion.objects.values_list("status", flat=True)) == [Status.FAILED, Status.LIVE]


def test_a_training_that_hangs_loses_the_lock_after_a_quarter_of_an_hour() -> None:
    make_shop(people=4)

    with Paused("fitting on all data") as hanging:
        with as_owner():  # here it signed in as the owner, and only the same login may end its connection
            assert fail_dead_training(at=timezone.now() + dt.timedelta(minutes=16)) == 1
        second = train(clock=timezone.now)

    assert hanging.error is not None
    second.refresh_from_db()
    assert (second.status, ModelVersion.objects.count()) == (Status.LIVE, 2)


def test_two_requests_at_once_make_one_job() -> None:
    refused: list[JobRunning] = []

    def ask() -> None:
        try:
            request_training(actor="operator:1", at=timezone.now())
        except JobRunning as error:
            refused.append(error)
        finally:
            connection.close()

    in_threads([ask] * 6)

    assert (Job.objects.count(), len(refused)) == (1, 5)


def in_threads(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


class TestKilled:
    def test_a_training_killed_while_writing_leaves_the_live_version_serving_and_the_next_one_works(self) -> None:
        shop = make_shop(people=8)
        live = train(clock=timezone.now)
        before = for_you(shop.tea_lovers[0], 6, "en")

        self.kill_while_writing()

        dead = ModelVersion.objects.get(status=Status.TRAINING)
        assert UserRecommendation.objects.filter(version=dead).count() == 8
        assert for_you(shop.tea_lovers[0], 6, "en") == before
        self.assert_next_training_works(shop, live, dead)

    def kill_while_writing(self) -> None:
        """`kill -9` of a real process that has stored half of its results and cannot store the rest, because the table is locked."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                cursor.execute(f"LOCK TABLE {ItemNeighbours._meta.db_table} IN SHARE MODE")
            with training_process() as process:
                assert process.stdout is not None
                for line in process.stdout:
                    if line.startswith("writing neighbours"):
                        break
                process.kill()

    def assert_next_training_works(self, shop: Shop, live: ModelVersion, dead: ModelVersion) -> None:
        wait_for_lock()
        after = train(clock=timezone.now)
        for version in (live, dead):
            version.refresh_from_db()
        assert (after.status, live.status, dead.status) == (Status.LIVE, Status.RETIRED, Status.FAILED)
        assert dead.users.count() == 0
        assert dead.job is not None and dead.job.status == Job.Status.FAILED
        assert for_you(shop.tea_lovers[0], 6, "en")


def wait_for_lock() -> None:
    """Until PostgreSQL has noticed that the killed process is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        cursor.execute("RESET lock_timeout")


@contextmanager
def training_process() -> Iterator[subprocess.Popen[str]]:
    """`manage.py recommend_train` on the test database, with patience for locks."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "recommend_train"],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": url_of_test_database(options="-c lock_timeout=0")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def url_of_test_database(**query: str) -> str:
    known = connection.settings_dict
    where = {"host": known["HOST"], "port": known["PORT"], **query}
    who = f"{quote(known['USER'])}:{quote(known['PASSWORD'])}@" if known["USER"] else ""
    return f"postgresql://{who}/{known['NAME']}?{urlencode({name: value for name, value in where.items() if value}, quote_via=quote)}"
