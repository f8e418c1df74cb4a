"""Files of CVRPLIB: instances (.vrp) and solutions (.sol). http://vrp.galgos.inf.puc-rio.br, TSPLIB 95 format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from logistics.routes.distances import euclidean_matrix
from logistics.routes.problems import Fleet, Problem, Stop

MOST_STOPS = 20_000
_COST = re.compile(r"^\s*cost\s*:?\s*(\d+(?:\.\d+)?)", re.IGNORECASE | re.MULTILINE)
_OPTIMUM = re.compile(r"(?:optimal|best)[^:]*:\s*(\d+)", re.IGNORECASE)


class Unreadable(ValueError):
    """This is no capacitated instance with Euclidean distances."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance as a problem of ours; `best` is the best known cost where the files tell it."""

    name: str
    problem: Problem
    best: int | None


def read_instance(path: Path) -> Instance:
    """An instance, with the best known cost from the .sol beside it or from its comment.

    Raises:
        Unreadable: it is not of type CVRP with EUC_2D distances, or something is missing.
    """
    head, sections = _parts(path)
    if head.get("EDGE_WEIGHT_TYPE", "").upper() != "EUC_2D":
        raise Unreadable(f"{path.name}: distances are not EUC_2D")
    try:
        problem = _problem(int(head["DIMENSION"]), int(head["CAPACITY"]), sections)
    except (KeyError, ValueError, IndexError) as error:
        raise Unreadable(f"{path.name}: {error!r} is missing or wrong") from error
    return Instance(head.get("NAME", path.stem), problem, _best(path, head.get("COMMENT", "")))


def _parts(path: Path) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    """What stands before the sections by name, and the rows of numbers of each section."""
    head: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in _lines(path):
        name, colon, value = line.partition(":")
        if line.endswith("_SECTION"):
            rows = sections.setdefault(line, [])
        elif colon:
            head[name.strip().upper()] = value.strip()
        else:
            rows.append(line.split())
    return head, sections


def _lines(path: Path) -> Iterator[str]:
    try:
        for line in path.read_text().splitlines():
            if (text := line.strip()) == "EOF":
                return
            if text:
                yield text
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path.name}: not a text") from error


def _problem(dimension: int, capacity: int, sections: dict[str, list[list[str]]]) -> Problem:
    if not 2 <= dimension <= MOST_STOPS:
        raise ValueError("DIMENSION")
    places = {row[0]: (float(row[1]), float(row[2])) for row in sections["NODE_COORD_SECTION"]}
    demands = {row[0]: int(row[1]) for row in sections["DEMAND_SECTION"]}
    depot = sections["DEPOT_SECTION"][0][0]
    if len(places) != dimension or places.keys() != demands.keys():
        raise ValueError("NODE_COORD_SECTION")
    nodes = [depot, *(node for node in places if node != depot)]
    distances = euclidean_matrix([places[node] for node in nodes])
    stops = tuple(Stop((demands[node],)) for node in nodes[1:])
    return Problem(stops, (Fleet((capacity,), count=len(stops)),), distances, [[0] * dimension] * dimension)


def _best(path: Path, comment: str) -> int | None:
    solution = path.with_suffix(".sol")
    found = _COST.search(solution.read_text()) if solution.exists() else _OPTIMUM.search(comment)
    return round(float(found[1])) if found else None
