from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.jobs import finish_job, queue_job, report_progress, start_job
from core.models import Job
from core.states import move_to
from recommend import rules, sources
from recommend.engine.shop import Facts, fit_models, gather, ranking_metrics, rating_metrics
from recommend.models import ModelVersion
from recommend.services.guard import ACTOR, fail, fail_orphans, training_lock
from recommend.services.promotion import forget_old_results, promote, refuse
from recommend.services.requests import KIND
from recommend.services.results import write_products, write_users

Clock = Callable[[], dt.datetime]
Tell = Callable[[int, str], None]


@dataclass(frozen=True)
class Run:
    """One training run: its version, where to tell about progress (percent, words), and the clock."""

    version: ModelVersion
    params: rules.Params
    tell: Tell
    clock: Clock


def train(
    *,
    clock: Clock,
    actor: str = ACTOR,
    job_id: uuid.UUID | None = None,
    params: rules.Params | None = None,
    listen: Callable[[str], None] | None = None,
) -> ModelVersion:
    """Train a version on the shop's ratings and purchases and make it live unless it is worse than the live one.

    Takes minutes in a large shop and holds no transaction open meanwhile. `clock` gives the time at each step; `listen` gets each step's
    name. Results are invisible until the version is promoted. A failure leaves the live version as it was.

    Raises:
        JobRunning: another training runs, or the job has ended already.
    """
    with training_lock():
        fail_orphans(at=clock())
        job = start_job(job_id=job_id or queue_job(kind=KIND, actor=actor).pk, total=100, now=clock())
        run = _begin(job, params or rules.Params(), clock, listen)
        try:
            _train(run)
        except Exception as error:
            _give_up(run, error)
            raise
        finish_job(job_id=job.pk, now=clock(), note=run.version.metrics.get("refused", ""))
        forget_old_results()
        return run.version


def _give_up(run: Run, error: Exception) -> None:
    run.version.refresh_from_db()
    if run.version.status == ModelVersion.Status.TRAINING:
        fail(run.version, at=run.clock(), reason=repr(error))


def _begin(job: Job, params: rules.Params, clock: Clock, listen: Callable[[str], None] | None) -> Run:
    def tell(percent: int, words: str) -> None:
        report_progress(job_id=job.pk, done=percent, now=clock(), note=words)
        if listen:
            listen(words)

    return Run(ModelVersion.objects.create(job=job, params=params.as_dict()), params, tell, clock)


def _train(run: Run) -> None:
    run.tell(0, "reading ratings and purchases")
    facts = gather(sources.ratings(), sources.purchases(), sources.shelves())
    live = ModelVersion.objects.filter(status=ModelVersion.Status.LIVE).first()
    run.tell(10, "measuring on held-out data")
    metrics = rating_metrics(facts) | ranking_metrics(facts, run.params)
    compared = _measure_live(live, facts, run, metrics)
    run.tell(40, "fitting on all data")
    metrics["covered"] = _write(run, facts)
    _finish(run, facts, metrics, compared)


def _measure_live(live: ModelVersion | None, facts: Facts, run: Run, metrics: dict[str, Any]) -> dict[str, Any] | None:
    """The live version's settings trained on the very same split, so that the two figures can be compared."""
    if live is None:
        return None
    same = live.params == run.version.params
    measured = metrics if same else ranking_metrics(facts, rules.Params(**live.params))
    return {"ndcg": measured["ndcg"], "covered": live.metrics.get("covered", 0)}


def _write(run: Run, facts: Facts) -> int:
    """Fit and store; returns how many people and products have results."""
    model = fit_models(facts, run.params)
    users = products = 0
    run.tell(70, "writing lists for members")
    for users in write_users(run.version, model.for_users()):
        run.tell(70 + 14 * users // max(len(facts.members), users), "writing lists for members")
    run.tell(85, "writing neighbours of products")
    for products in write_products(run.version, model.for_products()):
        run.tell(85 + 14 * products // max(len(facts.shelves), products), "writing neighbours of products")
    return users + products


def _finish(run: Run, facts: Facts, metrics: dict[str, Any], compared: dict[str, Any] | None) -> None:
    """Training → ready → live, or retired where the live one is better."""
    reason = rules.refusal(metrics, compared)
    metrics |= {"live_ndcg": compared["ndcg"]} if compared else {}
    metrics |= {"refused": reason} if reason else {}
    ratings, purchases = len(facts.ratings), len(facts.purchases)
    with transaction.atomic():
        at = run.clock()
        move_to(run.version, ModelVersion.Status.READY, actor=ACTOR, at=at, metrics=metrics, ratings=ratings, purchases=purchases)
        if reason:
            refuse(run.version, at=run.clock(), reason=reason)
        else:
            promote(version_id=run.version.pk, actor=ACTOR, at=run.clock())
    run.version.refresh_from_db()
    run.tell(100, reason or "live")
