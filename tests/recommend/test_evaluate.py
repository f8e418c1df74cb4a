import os
import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recommend.engine.datasets import canonical_fold, svd_rmse
from shop.environment import BASE_DIR


def movielens() -> Path:
    """MovieLens 100k, which may be measured but not shipped."""
    folders = [BASE_DIR.parent / "shared" / "data", Path(os.environ.get("JISHI_DATA") or BASE_DIR / "no-data")]
    for folder in folders:
        if (folder / "ml-100k" / "u.data").is_file():
            return folder / "ml-100k" / "u.data"
    pytest.skip("MovieLens 100k is neither in ../shared/data/ml-100k nor in JISHI_DATA/ml-100k")


def evaluate(path: Path) -> str:
    out = StringIO()
    call_command("recommend_evaluate", dataset=path, format="ratings", stdout=out)
    return out.getvalue()


def some_ratings(path: Path) -> Path:
    draw = random.Random(1)
    rows = {(draw.randrange(30), draw.randrange(20)): draw.randrange(1, 6) for _ in range(400)}
    path.write_text("".join(f"{person}\t{item}\t{stars}\t{at}\n" for at, ((person, item), stars) in enumerate(rows.items())))
    return path


def test_svd_reaches_the_published_error_on_the_first_canonical_fold() -> None:
    train, test = canonical_fold(movielens(), "u1")

    assert svd_rmse(train, test) == pytest.approx(0.951, abs=0.006)


@pytest.mark.slow
def test_svd_reaches_the_published_error_over_all_canonical_folds() -> None:
    folds = [canonical_fold(movielens(), f"u{number}") for number in range(1, 6)]

    assert sum(svd_rmse(train, test) for train, test in folds) / 5 == pytest.approx(0.938, abs=0.004)


def test_the_report_names_its_protocol_and_every_model(tmp_path: Path) -> None:
    report = evaluate(some_ratings(tmp_path / "ratings.tsv"))

    for words in ("5 random folds (seed 0)", "full ranking", "SVD with sampled negatives", "item-to-item cosine", "popularity", "NDCG@10"):
        assert words in report


def test_canonical_folds_are_used_where_all_of_them_lie_beside_the_file(tmp_path: Path) -> None:
    path = some_ratings(tmp_path / "u.data")
    for number in range(1, 6):
        (tmp_path / f"u{number}.base").write_text(path.read_text())
        (tmp_path / f"u{number}.test").write_text(path.read_text())

    report = evaluate(path)

    assert "canonical folds u1..u5" in report


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"1\t2\t3\n", "line 1"),
        (b"1\t2\t3\t4\n1\t2\t9\t4\n", "line 2: stars must be from 1 to 5"),
        (b"1\t2\tnan\t4\n", "line 1"),
        (b"\xff\xfe\x00", "is not text"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_its_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "ratings.tsv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=complaint):
        evaluate(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        evaluate(tmp_path / "nothing")
