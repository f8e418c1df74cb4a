"""Where a purchase is placed from, as the request tells it."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from storefront.origins import country_of


@pytest.mark.parametrize(("told", "country"), [("CN", "CN"), (" us ", "US"), ("XX", ""), ("T1", ""), ("", ""), ("China", ""), ("<>", "")])
def test_the_proxys_header_names_the_country_of_the_network(told: str, country: str, settings: Settings) -> None:
    settings.COUNTRY_HEADER = "CF-IPCountry"

    assert country_of(RequestFactory().get("/", headers={"CF-IPCountry": told})) == country


def test_without_such_a_proxy_a_visitor_says_nothing_by_sending_the_header(settings: Settings) -> None:
    settings.COUNTRY_HEADER = ""

    assert country_of(RequestFactory().get("/", headers={"CF-IPCountry": "CN"})) == ""
