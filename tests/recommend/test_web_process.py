import subprocess
import sys

from shop.environment import BASE_DIR

SCRIPT = """
import sys, django
django.setup()
import shop.wsgi, shop.urls, recommend.selectors, recommend.tasks, recommend.services.requests, recommend.services.promotion
from django.urls import get_resolver
get_resolver().url_patterns
heavy = {"numpy", "scipy", "surprise"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""


def test_a_web_process_never_loads_the_numeric_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=BASE_DIR, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
