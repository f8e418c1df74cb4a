"""Put the goods up, ask the queries, print what came of it."""

import time
from pathlib import Path

from django.utils import timezone

from benchmarks.search.golden import evaluate, mean, read, report
from benchmarks.search.goods import put_up_demo, put_up_olist


def measure(olist: str = "") -> None:
    """Judge the search over the demo's goods, or over those of the Olist data set in the folder `olist`."""
    products = put_up_olist(Path(olist), timezone.now()) if olist else put_up_demo(timezone.now())
    queries = read("olist" if olist else "demo")
    began = time.process_time()
    outcomes = evaluate(queries)
    spent = (time.process_time() - began) / len(queries) * 1000
    print(f"{'Olist' if olist else 'demo'}: {products} products, {len(queries)} queries, {spent:.1f} ms of CPU a query in this process")
    nothing = sum(not outcome.found for outcome in outcomes) / len(outcomes)
    print(f"NDCG@10 {mean(outcomes, lambda outcome: outcome.ndcg):.3f}, nothing found for {nothing:.1%}\n")
    for line in report(outcomes):
        print(line)
