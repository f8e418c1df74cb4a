from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from surprise import SVD, Dataset, Reader, accuracy
from surprise.model_selection import KFold

from recommend.engine.factors import SEED
from recommend.engine.ratings import Row

CANONICAL = [f"u{number}" for number in range(1, 6)]
Rated = tuple[str, str, float, None]


class UnreadableError(ValueError):
    """The file is not `person item stars seconds` per line."""


def read_ratings(path: Path) -> list[Row]:
    """Rows of a file of ratings: person, item, stars and Unix seconds on each line, split by tabs, commas or spaces.

    Raises:
        UnreadableError: a line has another shape, the text is not UTF-8, or there is no line.
    """
    try:
        rows = [_row(path, number, line) for number, line in enumerate(path.read_text().splitlines(), 1) if line.strip()]
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path.name} is not text") from error
    if not rows:
        raise UnreadableError(f"{path.name} is empty")
    return rows


def _row(path: Path, number: int, line: str) -> Row:
    try:
        person, item, stars, at = line.replace(",", " ").split()
        row = Row(person, item, float(stars), float(at))
    except ValueError as error:
        raise UnreadableError(f"{path.name}, line {number}: expected person, item, stars and seconds, found {line[:60]!r}") from error
    if not 1 <= row.stars <= 5 or not np.isfinite(row.at):
        raise UnreadableError(f"{path.name}, line {number}: stars must be from 1 to 5 and seconds a number, found {line[:60]!r}")
    return row


def folds_beside(path: Path) -> list[str]:
    """Names of the canonical folds that lie beside a file: all of u1..u5, or none."""
    whole = all((path.parent / f"{name}.{part}").is_file() for name in CANONICAL for part in ("base", "test"))
    return CANONICAL if whole else []


def canonical_fold(path: Path, name: str) -> tuple[list[Rated], list[Rated]]:
    """Training and test rows of one canonical fold."""
    train, test = (_rated(read_ratings(path.parent / f"{name}.{part}")) for part in ("base", "test"))
    return train, test


def random_folds(rows: list[Row], *, folds: int = 5) -> Iterator[tuple[list[Rated], list[Rated]]]:
    """surprise's KFold with seed 0."""
    data = Dataset(Reader(rating_scale=(1, 5)))
    data.raw_ratings = _rated(rows)
    for train, test in KFold(n_splits=folds, random_state=SEED).split(data):
        yield (
            [(train.to_raw_uid(u), train.to_raw_iid(i), stars, None) for u, i, stars in train.all_ratings()],
            [(*row, None) for row in test],
        )


def _rated(rows: list[Row]) -> list[Rated]:
    return [(row.person, row.item, row.stars, None) for row in rows]


def svd_rmse(train: list[Rated], test: list[Rated]) -> float:
    """RMSE of surprise's SVD with its defaults and seed 0."""
    svd = SVD(random_state=SEED).fit(Dataset(Reader(rating_scale=(1, 5))).construct_trainset(train))
    return float(accuracy.rmse(svd.test([row[:3] for row in test]), verbose=False))
