import time
import uuid

from django.core.cache.backends.base import BaseCache

from core.cache import TolerantRedisCache
from core.i18n import translated
from core.ids import order_number, uuid7
from core.sanitiser import clean_html


def test_ids_are_version_seven_and_grow_with_time() -> None:
    made = [uuid7() for _ in range(1_000)]

    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert abs((made[0].int >> 80) / 1000 - time.time()) < 60
    assert made == sorted(made)


def test_order_numbers_have_no_letters_that_are_mistaken() -> None:
    number = order_number()

    assert len(number) == 14
    assert not set(number) & set("ILOU")


def test_a_script_in_a_text_is_inert() -> None:
    dirty = '<p onclick="x()">Tea<script>alert(1)</script><a href="javascript:x">go</a></p>'

    assert clean_html(dirty) == '<p>Tea<a rel="noopener nofollow">go</a></p>'


def test_a_text_without_translation_falls_back() -> None:
    assert translated({"title": "Tea"}, {"zh-hans": {"title": "茶"}}, "title", "zh-hans") == "茶"
    assert translated({"title": "Tea"}, {}, "title", "zh-hans") == "Tea"


def test_a_cache_that_is_away_is_a_miss_and_costs_no_waiting_the_second_time() -> None:
    cache: BaseCache = TolerantRedisCache("redis://127.0.0.1:1/0", {})

    cache.set("key", "value")
    started = time.perf_counter()
    answers = [cache.get("key", "fallback") for _ in range(100)]

    assert set(answers) == {"fallback"}
    assert time.perf_counter() - started < 0.1


def test_what_must_be_counted_is_counted_while_the_cache_is_away() -> None:
    cache, of_another_thread = (TolerantRedisCache("redis://127.0.0.1:1/0", {"KEEP_WHILE_AWAY": ["tries:"]}) for _ in range(2))

    assert cache.add("tries:lina", 1, 60)
    assert not of_another_thread.add("tries:lina", 1, 60)
    assert (of_another_thread.incr("tries:lina"), cache.get("tries:lina"), cache.get("others")) == (2, 2, None)
    cache.delete("tries:lina")
    assert of_another_thread.get("tries:lina") is None
