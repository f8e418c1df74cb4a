"""Photos of reviews are private until they are shown, and again when they no longer are."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from catalog.models import ModerationItem, Review, ReviewPhoto
from catalog.services.moderation import decide, hide_directly
from catalog.services.review_photos import late_photos, private_path, settle_photo
from catalog.services.reviews import withdraw_review
from tests.factories.catalog import NOW, make_product
from tests.factories.reviews import make_review, photo_file

pytestmark = pytest.mark.django_db
OPERATOR = "operator:test"


def renditions(photo: ReviewPhoto) -> list[str]:
    folder = Path(settings.MEDIA_ROOT) / photo.prefix
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def only_photo(review: Review) -> ReviewPhoto:
    return review.photos.get()


def test_a_shown_photo_is_rendered_in_our_own_encoding_without_its_metadata() -> None:
    image = Image.new("RGB", (900, 600), "red")
    exif = image.getexif()
    exif[0x010F] = "Spy camera"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)

    photo = only_photo(make_review(photos=[written.getvalue()]))

    assert renditions(photo) == sorted(f"{width}.{fmt}" for width in (160, 640) for fmt in ("avif", "jpg", "webp"))
    assert b"Spy camera" not in private_path(photo).read_bytes()
    assert str(private_path(photo)).startswith(str(settings.PRIVATE_ROOT))


def test_a_photo_of_a_held_review_stays_private_until_somebody_has_looked() -> None:
    photo = only_photo(make_review(text="Call 138 0013 8000", photos=[photo_file()]))
    before = renditions(photo)

    decide(item_id=ModerationItem.objects.get().pk, hide=False, actor=OPERATOR, reason="Its own number", at=NOW)
    settle_photo(photo.pk)

    assert before == []
    assert renditions(photo)


def test_hiding_a_photo_takes_its_renditions_away_and_showing_it_brings_them_back() -> None:
    photo = only_photo(make_review(photos=[photo_file()]))

    item = hide_directly(kind="photo", subject_id=photo.pk, actor=OPERATOR, reason="A face", at=NOW)
    settle_photo(photo.pk)
    hidden = renditions(photo)
    decide(item_id=item.pk, hide=False, actor=OPERATOR, reason="A statue", at=NOW)
    settle_photo(photo.pk)

    assert hidden == []
    assert renditions(photo)


def test_a_deleted_reviews_files_go_for_good() -> None:
    review = make_review(photos=[photo_file()])
    photo = only_photo(review)
    path = private_path(photo)

    withdraw_review(review_id=review.pk, user_id=review.user_id, at=NOW)  # type: ignore[arg-type]
    settle_photo(photo.pk)

    assert not path.exists()
    assert renditions(photo) == []


def test_a_picture_that_was_hidden_once_is_held_when_it_comes_again() -> None:
    product = make_product()
    first = only_photo(make_review(product, photos=[photo_file(3)]))
    hide_directly(kind="photo", subject_id=first.pk, actor=OPERATOR, reason="Advertising", at=NOW)

    again = only_photo(make_review(product, photos=[photo_file(3, size=(450, 300), fmt="PNG")]))
    other = only_photo(make_review(product, photos=[photo_file(100, size=(700, 700))]))

    assert (again.status, other.status) == ("held", "visible")
    assert ModerationItem.objects.get(subject_id=again.pk).cause == "picture"
    assert renditions(again) == []


def test_the_sweep_finds_what_the_broker_lost() -> None:
    review = make_review(photos=[photo_file()])
    photo = only_photo(review)
    ReviewPhoto.objects.update(widths=[])
    bare = late_photos(before=photo.created_at.replace(year=2027), limit=5)
    settle_photo(photo.pk)
    Review.objects.update(status="hidden")

    left = late_photos(before=photo.created_at.replace(year=2027), limit=5)

    assert bare == left == [photo.pk]
