"""The demo has one application that waits and one that was returned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from merchants.models import MerchantApplication
from shop.demo.applications import apply
from support.models import Mail
from tests.drain import drain


@pytest.mark.django_db
def test_two_people_apply_once(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path

    for _ in range(2):
        apply(timezone.now())
    drain()

    assert dict(MerchantApplication.objects.values_list("slug", "status")) == {"osmanthus-bakery": "submitted", "gus-cameras": "returned"}
    assert MerchantApplication.objects.get(slug="osmanthus-bakery").documents.count() == 5
    assert set(Mail.objects.values_list("kind", flat=True)) == {"application_submitted", "application_returned"}
