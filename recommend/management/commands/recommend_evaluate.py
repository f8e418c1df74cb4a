from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from recommend.engine.datasets import UnreadableError, canonical_fold, folds_beside, random_folds, read_ratings, svd_rmse
from recommend.engine.evaluation import Ranker, Split, leave_last_out, measure_ranking
from recommend.engine.factors import fit_ranking, fit_stars
from recommend.engine.neighbours import Neighbours, Popularity
from recommend.engine.ratings import Row, encode
from recommend.rules import Params


class Command(BaseCommand):
    """Rating error and ranking quality of the shop's models on a file of ratings, with the protocol named."""

    help = "Measure the recommendation models on a file of ratings."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dataset", type=Path, required=True, metavar="PATH", help="file of ratings, such as MovieLens' u.data")
        parser.add_argument("--format", choices=["ratings"], default="ratings", help="ratings: person, item, stars, seconds on each line")

    def handle(self, *args: Any, dataset: Path, **options: Any) -> None:
        console = Console(file=cast(TextIO, self.stdout), width=100)
        try:
            rows = read_ratings(dataset)
            console.print(f"{len(rows):,} ratings in {dataset.name}\n")
            _print_rating_error(console, dataset, rows)
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {error.filename}.") from error
        except (UnreadableError, OSError) as error:
            raise CommandError(str(error)) from error
        _print_ranking(console, rows)


def _print_rating_error(console: Console, dataset: Path, rows: list[Row]) -> None:
    """RMSE of each fold and their mean."""
    canonical = folds_beside(dataset)
    protocol = "canonical folds u1..u5" if canonical else "5 random folds (seed 0)"
    folds = (canonical_fold(dataset, name) for name in canonical) if canonical else random_folds(rows)
    table = Table("fold", "RMSE", "train and test seconds")
    errors: list[float] = []
    for number, (train, test) in enumerate(folds, 1):
        start = time.process_time()
        errors.append(svd_rmse(train, test))
        table.add_row(f"u{number}" if canonical else str(number), f"{errors[-1]:.4f}", f"{time.process_time() - start:.1f}")
    table.add_section()
    table.add_row("mean", f"{statistics.fmean(errors):.4f}", "")
    console.print(f"Predicted stars. SVD with surprise's defaults, seed 0; {protocol}.", table, "", sep="\n")


def _print_ranking(console: Console, rows: list[Row]) -> None:
    """HR@10 and NDCG@10 of each model."""
    split = leave_last_out(encode(rows))
    table = Table("model", "HR@10", "NDCG@10", "train seconds")
    for name, train in _models(split).items():
        start = time.process_time()
        model = train()
        seconds = time.process_time() - start
        ranking = measure_ranking(model, split)
        table.add_row(name, f"{ranking.hit_rate:.4f}", f"{ranking.ndcg:.4f}", f"{seconds:.1f}")
    console.print(
        f"Ranking. The last rating of each of {len(split.people):,} people by time is held out; all {len(split.train.items):,} items but "
        "those the person has rated are ranked (full ranking, no sampled candidates); any rating counts as liked; seed 0.",
        table,
        sep="\n",
    )


def _models(split: Split) -> dict[str, Callable[[], Ranker]]:
    return {
        "SVD, by predicted stars": lambda: fit_stars(split.train),
        "SVD with sampled negatives": lambda: fit_ranking(split.train, Params()),
        "item-to-item cosine": lambda: Neighbours(split.train),
        "popularity": lambda: Popularity(split.train),
    }
