import pytest
from django.test import Client


def test_switching_the_language_keeps_the_page(client: Client, db: None) -> None:
    answer = client.get("/language/zh-hans/?next=/search/%3Fq%3Dlantern", follow=True)

    assert answer.redirect_chain == [("/search/?q=lantern", 302)]
    assert '<html lang="zh-Hans"' in answer.text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\nevil", "///evil.example", "evil", ""],
)
@pytest.mark.parametrize("path", ["/language/en/", "/theme/"])
def test_nobody_is_sent_to_another_site(client: Client, path: str, target: str) -> None:
    answer = client.get(path, {"next": target})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("path", ["/language/xx/", "/theme/?to=neon"])
def test_unknown_choices_are_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_theme_goes_round(client: Client, db: None) -> None:
    chosen = []
    for _ in range(3):
        client.get("/theme/")
        chosen.append(client.cookies["theme"].value)

    assert chosen == ["dark", "light", "auto"]
