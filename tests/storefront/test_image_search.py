"""Search by picture, as a shopper does it."""

import io
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.services.products import hide_product
from tests.catalog.test_likeness import packshot, put_on_show
from tests.factories.catalog import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


def photo(image: Image.Image, name: str = "photo.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def test_a_photo_leads_to_a_page_of_look_alikes_that_can_be_loaded_again(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    right, other = put_on_show(packshot(0), title="Mascara"), put_on_show(packshot(100), title="Something else")

    sent = client.post("/search/image/", {"photo": photo(packshot(0))})
    page = client.get(sent["Location"])
    with django_assert_max_num_queries(5):
        again = client.get(sent["Location"])

    assert sent.status_code == 302
    found = [card.product_id for card in page.context["cards"]]
    assert found[0] == right.product_id
    text = again.content.decode()
    assert "Mascara" in text
    assert text.index("Mascara") < text.find("Something else") or other.product_id not in {
        card.product_id for card in page.context["cards"]
    }
    assert 'content="noindex, follow"' in text
    assert "data:image/webp;base64," in text


def test_a_hidden_product_vanishes_from_results_that_are_loaded_again(client: Client) -> None:
    picture = put_on_show(packshot(0))
    address = client.post("/search/image/", {"photo": photo(packshot(0))})["Location"]

    hide_product(product_id=picture.product_id, actor="system:test", at=NOW)

    assert "Nothing here looks like your photo" in client.get(address).content.decode()


def test_a_photo_that_nothing_looks_like_offers_ways_on(client: Client) -> None:
    page = client.get(client.post("/search/image/", {"photo": photo(Image.new("RGB", (300, 300), "black"))})["Location"])

    assert page.status_code == 200
    assert "Nothing here looks like your photo" in page.content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Please choose a photo first."),
        ({"photo": SimpleUploadedFile("empty.jpg", b"")}, "This file is empty."),
        ({"photo": SimpleUploadedFile("words.jpg", b"hello")}, "This file is not a picture we can use."),
    ],
)
def test_what_is_no_photo_is_refused_in_words(client: Client, data: dict[str, object], message: str) -> None:
    page = client.post("/search/image/", data)

    assert page.status_code == 422
    assert message in page.content.decode()


def test_searches_from_one_address_are_limited(client: Client, settings: Settings) -> None:
    settings.IMAGE_SEARCHES_PER_MINUTE = 2
    for _turn in range(2):
        assert client.post("/search/image/", {"photo": photo(packshot(0))}).status_code == 302

    refused = client.post("/search/image/", {"photo": photo(packshot(0))})

    assert refused.status_code == 429
    assert "Please wait a minute" in refused.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 70, "%00%00"])
def test_a_search_that_is_over_asks_for_the_photo_again(client: Client, token: str) -> None:
    page = client.get(f"/search/image/{token}/")

    assert page.status_code == 410
    assert "Your photo is forgotten by now" in page.content.decode()


def test_nothing_of_a_photo_is_stored(client: Client, settings: Settings) -> None:
    put_on_show(packshot(0))
    before = sorted(Path(settings.MEDIA_ROOT).rglob("*"))

    address = client.post("/search/image/", {"photo": photo(packshot(0))})["Location"]
    cache.clear()

    assert sorted(Path(settings.MEDIA_ROOT).rglob("*")) == before
    assert client.get(address).status_code == 410


def test_the_form_is_one_click_from_every_page(client: Client) -> None:
    assert 'href="/search/image/"' in client.get("/").content.decode()
    assert "multipart/form-data" in client.get("/search/image/").content.decode()
