"""Put the goods up, ask the queries, print what came of it."""

import time

from django.utils import timezone

from benchmarks.search.golden import evaluate, read, report
from benchmarks.search.goods import put_up_demo


def measure() -> None:
    products = put_up_demo(timezone.now())
    queries = read("demo")
    began = time.process_time()
    outcomes = evaluate(queries)
    spent = (time.process_time() - began) / len(queries) * 1000
    print(f"{products} products, {len(queries)} queries, {spent:.1f} ms of CPU a query in this process\n")
    for line in report(outcomes):
        print(line)
