"""Pictures that look alike: the features, the index, and how well distorted pictures are found again."""

import datetime as dt
import io
import random
import time
import uuid
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.likeness import index
from catalog.likeness.distortions import DISTORTIONS
from catalog.likeness.embedders import DIMENSIONS, VIEWS, codes_of, embedder, embedder_mark, query_of
from catalog.models import Picture, PictureFeatures
from catalog.selectors.likeness import index_folder, look_alikes, products_like, query_from
from catalog.services.likeness import look_at, refresh_index, write_index
from catalog.services.pictures import add_picture, make_renditions, media_path
from catalog.services.products import hide_product
from catalog.tasks import look_at_pictures, render_picture
from core.remembered import forget
from shop.demo import source
from shop.demo.pictures import compose_product_picture
from tests.factories.catalog import NOW, make_category, make_product
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
EVERY = 4


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


def packshot(number: int, variant: int = 0) -> Image.Image:
    return compose_product_picture(source.rows("products")[number]["picture"], source.PICTURES, size=360, variant=variant)


def put_on_show(image: Image.Image, **product: object) -> Picture:
    picture = add_picture(product=make_product(**product), image=image)
    Picture.objects.filter(pk=picture.pk).update(widths=[160], formats=["webp"])
    look_at(picture=picture, at=NOW)
    forget()
    return picture


def test_distorted_pictures_of_the_demo_catalogue_find_their_product_first() -> None:
    merchant, category = make_merchant(), make_category()
    numbers = range(0, len(source.rows("products")), EVERY)
    shown = {number: put_on_show(packshot(number), merchant=merchant, category=category) for number in numbers}

    for name, distort in DISTORTIONS.items():
        right = 0
        for number, picture in shown.items():
            asked = distort(packshot(number), random.Random(f"{name} {number}"))
            right += products_like(query_from(asked), 1) == [picture.product_id]

        assert right / len(shown) >= 0.95, name


def test_a_search_among_a_hundred_thousand_pictures_takes_less_than_fifty_milliseconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    codes = codes_of(rng.integers(-127, 128, (100_000, VIEWS, DIMENSIONS), dtype=np.int8))
    entries = [(uuid.UUID(int=number + 1), codes[number].tobytes()) for number in range(len(codes))]
    path = index.write(tmp_path, "many", 1, [entries[:50_000], entries[50_000:]])
    _made_at, planes = index.newest(tmp_path, "many")
    photo = query_of(packshot(3))
    index.nearest(planes, photo, 400)

    started = time.process_time()
    for _turn in range(5):
        found = index.nearest(planes, query_of(packshot_once()), 400)
    each = (time.process_time() - started) / 5

    assert len(set(found)) == 400
    assert each < 0.05
    assert path.stat().st_size < 60_000_000


def packshot_once(kept: list[Image.Image] = []) -> Image.Image:  # noqa: B006
    if not kept:
        kept.append(packshot(3))
    return kept[0]


def test_only_visible_products_are_found_and_each_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    shown = put_on_show(packshot(0))
    second = add_picture(product=shown.product, image=packshot(0, variant=1))
    look_at(picture=second, at=NOW)
    hidden = put_on_show(packshot(0))
    hide_product(product_id=hidden.product_id, actor="system:test", at=NOW)
    query = query_from(packshot(0))
    forget()

    with django_assert_num_queries(3):
        cards = look_alikes(query, 10, "en")

    assert [card.product_id for card in cards] == [shown.product_id]


def test_a_picture_unlike_everything_finds_nothing() -> None:
    put_on_show(packshot(0))
    noise = Image.frombytes("RGB", (64, 64), random.Random(3).randbytes(64 * 64 * 3)).resize((400, 400))

    assert products_like(query_from(noise), 10) == []
    assert products_like(query_from(Image.new("RGB", (300, 300), "black")), 10) == []


def test_a_new_index_file_takes_the_place_of_the_old_and_newer_pictures_are_found_beside_it() -> None:
    first = put_on_show(packshot(0))
    write_index(at=NOW + dt.timedelta(hours=1))
    write_index(at=NOW + dt.timedelta(hours=2))
    second = add_picture(product=make_product(), image=packshot(8))
    look_at(picture=second, at=NOW + dt.timedelta(hours=3))
    forget()

    assert [path.name for path in index_folder().iterdir()] == [f"{embedder_mark()}-{micros(NOW + dt.timedelta(hours=2)):020d}.npy"]
    assert products_like(query_from(packshot(0)), 1) == [first.product_id]
    assert products_like(query_from(packshot(8)), 1) == [second.product_id]
    first.delete()
    assert first.product_id not in products_like(query_from(packshot(0)), 10)


def micros(at: dt.datetime) -> int:
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def test_the_index_is_written_anew_only_when_it_has_fallen_behind() -> None:
    put_on_show(packshot(0))

    assert not refresh_index(at=NOW + dt.timedelta(hours=1))
    write_index(at=NOW + dt.timedelta(hours=1))
    assert not refresh_index(at=NOW + dt.timedelta(days=3))
    late = add_picture(product=make_product(), image=packshot(1))
    look_at(picture=late, at=NOW + dt.timedelta(hours=2))
    assert refresh_index(at=NOW + dt.timedelta(days=3))


def test_rendering_a_picture_notes_its_features_and_the_sweep_finds_the_rest() -> None:
    rendered = add_picture(product=make_product(), image=packshot(0))
    elsewhere = add_picture(product=make_product(), image=packshot(1))
    make_renditions(elsewhere.pk, widths=(160,), formats=("webp",))

    render_picture(str(rendered.pk))
    assert set(PictureFeatures.objects.values_list("picture_id", flat=True)) == {rendered.pk}
    assert look_at_pictures() == 1

    assert PictureFeatures.objects.filter(embedder=embedder_mark()).count() == 2


def test_a_picture_whose_file_is_gone_is_not_tried_again() -> None:
    picture = put_on_show(packshot(0))
    media_path(picture.original).unlink()
    PictureFeatures.objects.all().delete()

    assert look_at_pictures() == 1
    assert look_at_pictures() == 0
    forget()
    assert products_like(query_from(packshot(0)), 1) == []


class Brightness:
    """Another embedder, as somebody would drop one in."""

    name = "brightness"
    dims = 16

    def embed(self, image: Image.Image) -> np.ndarray:
        return np.asarray(image.convert("L").resize((4, 4)), dtype=np.float32).ravel() - 128


def test_another_embedder_is_named_by_the_settings_and_all_pictures_are_looked_at_again(settings: Settings) -> None:
    picture = put_on_show(packshot(0))
    before = embedder_mark()

    settings.PICTURE_EMBEDDER = f"{__name__}.Brightness"
    forget()

    assert embedder().name == "brightness"
    assert products_like(query_from(packshot(0)), 1) == []
    assert look_at_pictures() == 1
    forget()
    assert products_like(query_from(packshot(0)), 1) == [picture.product_id]
    assert PictureFeatures.objects.get().embedder != before


def test_a_transparent_picture_is_seen_on_white() -> None:
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (50, 50, 150, 150))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    picture = add_picture(product=make_product(), image=buffer.getvalue())
    look_at(picture=picture, at=NOW)
    on_white = Image.new("RGB", (200, 200), "white")
    on_white.paste((200, 30, 30), (50, 50, 150, 150))

    assert products_like(query_from(on_white), 1) == [picture.product_id]
