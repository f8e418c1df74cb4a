import datetime as dt
import uuid

from celery import shared_task
from django.utils import timezone

from catalog.errors import PictureNotFound
from catalog.imports import services as imports
from catalog.imports import work
from catalog.models import Picture
from catalog.services.pictures import make_renditions
from core.sweeps import sweep

PATIENCE = dt.timedelta(minutes=2)


@shared_task
def render_picture(picture_id: str) -> None:
    """Make the renditions of one picture, unless they exist or it is gone."""
    if not Picture.objects.filter(pk=picture_id, widths=[]).exists():
        return
    try:
        make_renditions(uuid.UUID(picture_id))
    except PictureNotFound:
        return


@shared_task(expires=300)
def render_missing_pictures(limit: int = 20) -> int:
    """Make renditions that should exist by now, for tasks the broker lost; returns how many pictures got theirs."""
    late = Picture.objects.filter(widths=[], created_at__lt=timezone.now() - PATIENCE).order_by("created_at")
    keys = list(late.values_list("pk", flat=True)[:limit])
    for key in keys:
        render_picture(str(key))
    return len(keys)


@sweep(expires=60)
def work_on_imports() -> int:
    """The next step of an import of products that is being checked, applied or undone."""
    return work.step(clock=timezone.now)


@shared_task(expires=1800)
def forget_import_files() -> int:
    """Remove uploaded files of products that are old enough."""
    return imports.forget_files(at=timezone.now())
