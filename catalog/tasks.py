import datetime as dt
import uuid

from celery import shared_task
from django.utils import timezone

from catalog.errors import PictureNotFound
from catalog.imports import services as imports
from catalog.imports import work
from catalog.models import Picture
from catalog.services.cards import follow_some_merchants
from catalog.services.cards import refresh_stale_cards as refresh_some
from catalog.services.copies import look_for_copies
from catalog.services.pictures import FORMATS, make_renditions, media_path
from catalog.services.price_history import forget_old_prices
from catalog.services.queries import KEPT_DAYS, forget_queries
from catalog.services.review_photos import late_photos, settle_photo
from catalog.services.schedule import follow_schedule
from catalog.services.vocabulary import learn_words as learn
from core.sweeps import sweep

LOOKED_AT_ONCE = 20
PATIENCE = dt.timedelta(minutes=2)


@shared_task
def render_picture(picture_id: str) -> None:
    """Make the renditions of one picture, unless they exist or it is gone."""
    if not Picture.objects.filter(pk=picture_id, widths=[]).exists():
        return
    try:
        picture = make_renditions(uuid.UUID(picture_id))
    except PictureNotFound:
        return
    _look_at(picture)


@shared_task(expires=300)
def render_missing_pictures(limit: int = 20) -> int:
    """Make renditions that should exist by now, for tasks the broker lost; returns how many pictures got theirs."""
    late = Picture.objects.filter(widths=[], created_at__lt=timezone.now() - PATIENCE).order_by("created_at")
    keys = list(late.values_list("pk", flat=True)[:limit])
    for key in keys:
        render_picture(str(key))
    return len(keys)


@sweep(expires=60)
def refresh_stale_cards() -> int:
    """Cards that something they are made of has outdated."""
    return refresh_some()


@sweep(expires=60)
def follow_merchants() -> int:
    """Cards of large shops that were renamed, suspended, closed, or went on holiday."""
    return follow_some_merchants()


@shared_task(expires=600)
def learn_words() -> int:
    """What the search knows of words, by the products of now; what nobody asks for any more is forgotten."""
    forget_queries(before=timezone.localdate() - dt.timedelta(days=KEPT_DAYS))
    return learn()


@shared_task
def settle_review_photo(photo_id: str) -> None:
    """Make or take away the renditions of one photo of a review."""
    settle_photo(uuid.UUID(photo_id))


@shared_task(expires=300)
def settle_late_review_photos(limit: int = 20) -> int:
    """Settle photos whose renditions should be there, or gone, by now, for tasks the broker lost; returns how many."""
    keys = late_photos(before=timezone.now() - PATIENCE, limit=limit)
    for key in keys:
        settle_photo(key)
    return len(keys)


@sweep(expires=300)
def complete_pictures() -> int:
    """Make the renditions of one picture that lacks a format or was made before a width was added; the newest first."""
    lacking = Picture.objects.exclude(widths=[]).exclude(formats__contains=list(FORMATS))
    for picture in lacking.filter(created_at__lt=timezone.now() - PATIENCE).order_by("-created_at")[:LOOKED_AT_ONCE]:
        if media_path(picture.original).exists():
            make_renditions(picture.pk)
            return 1
    return 0


@sweep(expires=300)
def look_at_pictures() -> int:
    """Note what pictures look like that the embedder in use has not seen: renditions made elsewhere, or a new embedder."""
    from catalog.services.likeness import pictures_without_features  # noqa: PLC0415  brings numpy, which a web process must not load

    found = pictures_without_features(LOOKED_AT_ONCE)
    for picture in found:
        _look_at(picture)
    return len(found)


def _look_at(picture: Picture) -> None:
    from catalog.services.likeness import look_at  # noqa: PLC0415  as above

    look_at(picture=picture, at=timezone.now())
    look_for_copies(picture=picture, at=timezone.now())


@shared_task(expires=60)
def refresh_picture_index() -> bool:
    """Write the index of pictures anew where it has fallen behind."""
    from catalog.services.likeness import refresh_index  # noqa: PLC0415  as above

    return refresh_index(at=timezone.now())


@sweep(expires=3600)
def forget_prices() -> int:
    """Delete changes of prices older than 400 days."""
    return forget_old_prices(at=timezone.now())


@sweep(expires=60)
def follow_schedules() -> int:
    """Put on sale, and take off it, what is due."""
    return follow_schedule(at=timezone.now())


@sweep(expires=60)
def work_on_imports() -> int:
    """The next step of an import of products that is being checked, applied or undone."""
    return work.step(clock=timezone.now)


@shared_task(expires=1800)
def forget_import_files() -> int:
    """Remove uploaded files of products that are old enough."""
    return imports.forget_files(at=timezone.now())
