"""Instances of CVRPLIB are read as they are meant, and the benchmark command prints cost and gap."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from logistics.routes.cvrplib import Unreadable, read_instance
from shop.environment import BASE_DIR

# Eight villages of five houses each on a circle, a vehicle holds a village. A tour serves at most five houses that are all
# 100 away, so no plan is shorter than 8 × 200, and one that takes village by village is as short as that.
VILLAGES = [(100, 0), (0, 100), (-100, 0), (0, -100), (60, 80), (-60, 80), (60, -80), (-60, -80)]


def _instance(folder: Path, *, head: str = "", weight: str = "EUC_2D", solution: str = "Route #1: 1\nCost 1600\n") -> Path:
    houses = [place for place in VILLAGES for _ in range(5)]
    nodes = [(7, 7)] + [(x + 7, y + 7) for x, y in houses]
    lines = [
        "NAME : villages",
        f"COMMENT : {head}",
        "TYPE : CVRP",
        f"DIMENSION : {len(nodes)}",
        f"EDGE_WEIGHT_TYPE : {weight}",
        "CAPACITY : 10",
    ]
    lines += ["NODE_COORD_SECTION", *(f" {number}\t{x} {y}" for number, (x, y) in enumerate(nodes, 1))]
    lines += ["DEMAND_SECTION", "1 0", *(f"{number} 2 " for number in range(2, len(nodes) + 1)), "DEPOT_SECTION", " 1", " -1", "EOF"]
    path = folder / "villages.vrp"
    path.write_text("\n".join(lines))
    if solution:
        (folder / "villages.sol").write_text(solution)
    return path


def _run(path: Path, **options: object) -> str:
    out = io.StringIO()
    call_command("plan_routes_benchmark", path, stdout=out, **options)
    return out.getvalue()


def test_an_instance_is_read_with_its_best_known_solution(tmp_path: Path) -> None:
    instance = read_instance(_instance(tmp_path))

    problem = instance.problem
    assert (instance.name, instance.best, len(problem.stops)) == ("villages", 1_600, 40)
    assert problem.fleets[0].capacity == (10,)
    assert {stop.loads for stop in problem.stops} == {(2,)}
    assert problem.distances[0][1:6] == [100] * 5
    # Half and more is rounded upward: 141.42 between neighbours of the axes, 40 × √5 = 89.44 elsewhere.
    assert (problem.distances[1][6], problem.distances[1][21]) == (141, 89)


def test_the_best_known_may_stand_in_the_comment(tmp_path: Path) -> None:
    assert read_instance(_instance(tmp_path, head="(Augerat et al, Min no of trucks: 5, Optimal value: 784)", solution="")).best == 784
    (tmp_path / "villages.vrp").unlink()
    assert read_instance(_instance(tmp_path, solution="")).best is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("EUC_2D", "EXPLICIT"), "not EUC_2D"),
        (("CAPACITY : 10", "CAPACITY : many"), "wrong"),
        (("DIMENSION : 41", "DIMENSION : 40"), "NODE_COORD_SECTION"),
        (("DEMAND_SECTION", "OTHER_SECTION"), "DEMAND_SECTION"),
        (("DIMENSION : 41", "DIMENSION : 99999999"), "DIMENSION"),
    ],
)
def test_what_is_no_such_instance_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = _instance(tmp_path)
    path.write_text(path.read_text().replace(*change, 1))

    with pytest.raises(Unreadable, match=said):
        read_instance(path)
    with pytest.raises(CommandError, match=said):
        _run(path, seconds=1)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.vrp"
    path.write_bytes(b"\x89PNG\xff\xfe")

    with pytest.raises(CommandError, match="not a text"):
        _run(path, seconds=1)
    with pytest.raises(CommandError, match="There is no"):
        _run(tmp_path / "nothing", seconds=1)


def test_a_second_is_enough_for_a_small_instance(tmp_path: Path) -> None:
    said = _run(_instance(tmp_path).parent, seconds=1)

    line = next(line for line in said.splitlines() if line.startswith("villages"))
    _, stops, vehicles, cost, best, gap, *_ = line.split()
    assert (stops, vehicles, best) == ("40", "8", "1,600")
    assert float(gap) < 5
    assert int(cost.replace(",", "")) < 1_680
    assert "up to 200 stops: 1 instances, mean gap" in said


def test_a_given_instance_is_solved_within_five_percent_in_a_second() -> None:
    folders = [BASE_DIR.parent / "shared" / "data", Path(os.environ.get("JISHI_DATA") or BASE_DIR / "no-data")]
    given = next((file for folder in folders if (file := folder / "cvrp" / "A-n32-k5.vrp").is_file()), None)
    if given is None:
        pytest.skip("the instances of CVRPLIB are neither in ../shared/data/cvrp nor in JISHI_DATA/cvrp")

    line = _run(given, seconds=1).splitlines()[1].split()

    assert line[:2] == ["A-n32-k5", "31"]
    assert line[4] == "784"
    assert float(line[5]) < 5
