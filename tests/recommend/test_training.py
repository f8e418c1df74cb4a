import datetime as dt
from collections.abc import Iterator

import pytest

from accounts.models import User
from core.jobs import JobRunning
from core.models import Job
from core.states import StaleState
from recommend.errors import ResultsGone
from recommend.models import ItemNeighbours, ModelVersion, UserRecommendation
from recommend.rules import Params
from recommend.services.guard import fail_dead_training
from recommend.services.promotion import promote
from recommend.services.requests import KIND, request_training, ring_for_waiting
from recommend.services.training import train
from recommend.tasks import train_recommendations
from tests.factories.recommend import NOW, Shop, make_purchase, make_shop, make_version

pytestmark = pytest.mark.django_db
Status = ModelVersion.Status


def ticking() -> dt.datetime:
    """A clock for tests that is one second later each time it is read."""
    return next(_ticks)


_ticks: Iterator[dt.datetime] = (NOW + dt.timedelta(days=30, seconds=second) for second in range(10**9))


def break_down(words: str) -> None:
    if words.startswith("writing neighbours"):
        raise ConnectionError


def lists_of(version: ModelVersion, user: User) -> UserRecommendation:
    return UserRecommendation.objects.get(version=version, user=user)


def test_training_ends_with_a_live_version_that_knows_tastes() -> None:
    shop = make_shop()

    version = train(clock=ticking)

    assert version.status == Status.LIVE
    assert (version.ratings, version.purchases) == (24, 120)
    teas = {tea.pk for tea in shop.teas}
    assert sum(lists_of(version, lover).products[0] in teas for lover in shop.tea_lovers) >= 10
    assert sum(lists_of(version, lover).products[0] not in teas for lover in shop.tool_lovers) >= 10
    assert all(1 <= stars <= 5 for stars in lists_of(version, shop.tea_lovers[0]).stars)


def test_what_somebody_bought_is_not_recommended_again() -> None:
    shop = make_shop(people=4)

    version = train(clock=ticking)

    bought = set(shop.tea_lovers[0].checkouts.values_list("orders__lines__product", flat=True))
    assert not bought & set(lists_of(version, shop.tea_lovers[0]).products)


def test_neighbours_are_what_was_bought_together_then_the_same_category() -> None:
    shop = make_shop(people=2)
    tea, tool = shop.teas[0], shop.tools[0]
    for number in range(3):
        make_purchase([tea, tool], email=f"guest{number}@example.com")

    version = train(clock=ticking)

    near = ItemNeighbours.objects.get(version=version, product=tea)
    assert near.products[0] == tool.pk
    assert tea.pk not in near.products
    assert {other.pk for other in shop.teas[1:]} <= set(near.products)


def test_quality_is_measured_beside_popularity_when_there_are_enough_people() -> None:
    make_shop()

    metrics = train(clock=ticking).metrics

    assert metrics["people"] == 24
    assert metrics["ndcg"] > metrics["popularity_ndcg"] > 0


def test_an_empty_shop_can_be_trained() -> None:
    version = train(clock=ticking)

    assert (version.status, version.ratings, version.purchases) == (Status.LIVE, 0, 0)


def test_cancelled_and_unpaid_orders_teach_nothing() -> None:
    shop = make_shop(people=0)
    for status in ("awaiting_payment", "cancelled", "expired", "refunded"):
        make_purchase(shop.teas[:2], status=status)

    version = train(clock=ticking)

    assert version.purchases == 0


def test_the_job_shows_progress_and_ends_done() -> None:
    make_shop(people=2)
    job = request_training(actor="operator:1", at=NOW)

    train(clock=ticking, job_id=job.pk)

    job.refresh_from_db()
    assert (job.status, job.percent, job.actor) == (Job.Status.DONE, 100, "operator:1")


def test_a_second_request_is_refused_while_the_first_waits() -> None:
    request_training(actor="operator:1", at=NOW)

    with pytest.raises(JobRunning):
        request_training(actor="operator:2", at=NOW)

    assert Job.objects.filter(kind=KIND).count() == 1


def test_a_finished_job_that_is_delivered_again_changes_nothing() -> None:
    make_shop(people=2)
    job = request_training(actor="operator:1", at=NOW)
    train(clock=ticking, job_id=job.pk)

    answer = train_recommendations(str(job.pk))

    assert answer == "refused"
    assert ModelVersion.objects.get().status == Status.LIVE
    assert Job.objects.get().status == Job.Status.DONE


def test_a_job_whose_message_was_lost_is_rung_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(train_recommendations, "apply_async", lambda args, **options: rung.extend(args))
    job = request_training(actor="operator:1", at=NOW)
    waiting_since = Job.objects.get(pk=job.pk).created_at

    assert ring_for_waiting(at=waiting_since + dt.timedelta(seconds=10)) == 0
    assert ring_for_waiting(at=waiting_since + dt.timedelta(minutes=1)) == 1
    assert rung == [str(job.pk)]


def test_a_version_left_in_training_by_a_dead_process_is_failed_and_its_job_can_be_started_again() -> None:
    dead = Job.objects.create(kind=KIND, actor="operator:1", status=Job.Status.RUNNING, seen_at=NOW)
    version = make_version("training", job=dead)

    fail_dead_training(at=NOW)

    version.refresh_from_db()
    dead.refresh_from_db()
    assert (version.status, version.has_results, dead.status) == (Status.FAILED, False, Job.Status.FAILED)
    assert request_training(actor="operator:1", at=NOW).status == Job.Status.QUEUED


def test_an_error_in_the_middle_fails_the_version_and_leaves_the_live_one() -> None:
    make_shop(people=4)
    live = train(clock=ticking)

    with pytest.raises(ConnectionError):
        train(clock=ticking, listen=break_down)

    failed = ModelVersion.objects.exclude(pk=live.pk).get()
    assert failed.status == Status.FAILED
    assert failed.users.count() == 0
    assert failed.job is not None and failed.job.status == Job.Status.FAILED
    live.refresh_from_db()
    assert live.status == Status.LIVE


def test_a_process_given_up_for_dead_cannot_write_or_promote_any_more() -> None:
    make_shop(people=4)
    live = train(clock=ticking)

    def give_up(words: str) -> None:
        if words == "fitting on all data":
            ModelVersion.objects.filter(status=Status.TRAINING).update(status=Status.FAILED)

    with pytest.raises(StaleState):
        train(clock=ticking, listen=give_up)

    assert ModelVersion.objects.get(status=Status.LIVE) == live
    assert not UserRecommendation.objects.exclude(version=live).exists()


class TestPromotion:
    def test_worse_settings_do_not_replace_the_live_version(self) -> None:
        make_shop()
        live = train(clock=ticking)

        worse = train(clock=ticking, params=Params(epochs=1, regularisation=50.0, negatives=0))

        assert (worse.status, worse.metrics["refused"]) == (Status.RETIRED, "ndcg_worse")
        assert worse.metrics["live_ndcg"] == live.metrics["ndcg"]
        assert ModelVersion.objects.get(status=Status.LIVE) == live

    def test_an_operator_can_promote_a_refused_version_and_go_back(self) -> None:
        make_shop()
        live = train(clock=ticking)
        worse = train(clock=ticking, params=Params(epochs=1, regularisation=50.0, negatives=0))

        promote(version_id=worse.pk, actor="operator:1", at=NOW)
        promote(version_id=live.pk, actor="operator:1", at=NOW)

        assert ModelVersion.objects.get(status=Status.LIVE) == live

    def test_results_of_the_live_version_and_one_more_are_kept(self) -> None:
        make_shop(people=4)

        versions = [train(clock=ticking) for _ in range(3)]

        stored = set(UserRecommendation.objects.values_list("version", flat=True))
        assert stored == {versions[1].pk, versions[2].pk}
        assert ModelVersion.objects.count() == 3

    def test_a_version_whose_results_are_gone_cannot_be_promoted(self) -> None:
        live = make_version("live")
        old = make_version("retired", has_results=False)

        with pytest.raises(ResultsGone):
            promote(version_id=old.pk, actor="operator:1", at=NOW)

        assert ModelVersion.objects.get(status=Status.LIVE) == live


def test_a_shop_whose_data_half_vanished_keeps_its_live_version() -> None:
    shop: Shop = make_shop(people=12)
    live = train(clock=ticking)
    for product in shop.products:
        product.card.delete()

    version = train(clock=ticking)

    assert version.metrics["refused"] == "coverage_halved"
    assert ModelVersion.objects.get(status=Status.LIVE) == live
