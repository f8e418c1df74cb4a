import threading
from typing import Any

import pytest
from django.db import connection

from core.idempotency import Answer, KeyReused, request_hash, run_once
from core.models import IdempotencyRecord, Job


def make_job() -> tuple[int, Any]:
    return 201, {"id": str(Job.objects.create(kind="test", actor="system").pk)}


@pytest.mark.django_db
def test_the_same_request_again_gets_the_stored_answer() -> None:
    first = run_once(scope="a", key="k", fingerprint="f", write=make_job)

    second = run_once(scope="a", key="k", fingerprint="f", write=make_job)

    assert (second.status, second.body, second.is_replay) == (201, first.body, True)
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_another_request_with_the_same_key_is_refused() -> None:
    """MON04."""
    run_once(scope="a", key="k", fingerprint="f", write=make_job)

    with pytest.raises(KeyReused):
        run_once(scope="a", key="k", fingerprint="g", write=make_job)

    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_of_another_caller_does_not_collide() -> None:
    """MON04."""
    run_once(scope="a", key="k", fingerprint="f", write=make_job)

    answer = run_once(scope="b", key="k", fingerprint="f", write=make_job)

    assert not answer.is_replay


@pytest.mark.django_db
def test_a_refused_write_may_be_tried_again() -> None:
    run_once(scope="a", key="k", fingerprint="f", write=lambda: (422, {"code": "wrong"}))

    assert not IdempotencyRecord.objects.exists()
    assert run_once(scope="a", key="k", fingerprint="f", write=make_job).status == 201


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_calls_with_one_key_write_once() -> None:
    """MON03."""
    answers: list[Answer] = []
    barrier = threading.Barrier(20)

    def call() -> None:
        barrier.wait()
        answers.append(run_once(scope="a", key="k", fingerprint="f", write=make_job))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Job.objects.count() == 1
    assert len({answer.body["id"] for answer in answers}) == 1
    assert sum(not answer.is_replay for answer in answers) == 1


def test_parts_of_a_fingerprint_cannot_be_shifted_into_each_other() -> None:
    assert request_hash("ab", "c") != request_hash("a", "bc")
