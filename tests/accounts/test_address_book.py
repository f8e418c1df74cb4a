from typing import Any

import pytest
from django.conf import settings

from accounts.errors import AddressBookFull, AddressInvalid, AddressNotFound, LanguageUnknown, NameInvalid
from accounts.models import Address
from accounts.selectors import addresses_of
from accounts.services import MAX_ADDRESSES, delete_address, set_default_address, set_language, update_address, update_profile
from core.ids import uuid7
from tests.factories.accounts import make_address, make_user

pytestmark = pytest.mark.django_db


def test_the_first_address_is_the_default_and_a_later_one_can_become_it() -> None:
    user = make_user()
    first, second = make_address(user), make_address(user, city="Hangzhou")
    assert [row.is_default for row in addresses_of(user)] == [True, False]

    set_default_address(user=user, address_id=second.pk)

    assert [row.pk for row in addresses_of(user)] == [second.pk, first.pk]
    assert Address.objects.filter(is_default=True).count() == 1


def test_deleting_the_default_makes_another_one_the_default() -> None:
    user = make_user()
    first, second = make_address(user), make_address(user)

    delete_address(user=user, address_id=first.pk)

    assert [(row.pk, row.is_default) for row in addresses_of(user)] == [(second.pk, True)]
    delete_address(user=user, address_id=second.pk)
    assert not addresses_of(user).exists()


def test_another_persons_address_is_not_found_and_not_changed() -> None:
    user, theirs = make_user(), make_address(city="Shanghai")

    for attempt in (
        lambda key: update_address(user=user, address_id=key, city="Beijing"),
        lambda key: delete_address(user=user, address_id=key),
        lambda key: set_default_address(user=user, address_id=key),
    ):
        for key in (theirs.pk, uuid7()):
            with pytest.raises(AddressNotFound):
                attempt(key)

    assert Address.objects.get().city == "Shanghai"


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": "x" * 101}, {"city": "  "}, {"phone": "1\0"}, {"address": "a\nb"}, {"country": "CHN"}, {"postcode": "9" * 21}],
)
def test_a_bad_field_is_named_and_nothing_is_stored(fields: dict[str, Any]) -> None:
    user = make_user()

    with pytest.raises(AddressInvalid) as refused:
        make_address(user, **fields)

    assert str(refused.value)
    assert not addresses_of(user).exists()


def test_an_address_can_be_changed() -> None:
    user = make_user()
    address = make_address(user)

    update_address(user=user, address_id=address.pk, city=" Suzhou ", country="cn")

    address.refresh_from_db()
    assert (address.city, address.country) == ("Suzhou", "CN")


def test_an_address_book_has_an_end() -> None:
    user = make_user()
    address = make_address(user)
    Address.objects.bulk_create(
        Address(user=user, name=address.name, phone="1", address="1", city="1", postcode="1") for _ in range(MAX_ADDRESSES - 1)
    )

    with pytest.raises(AddressBookFull):
        make_address(user)

    assert addresses_of(user).count() == MAX_ADDRESSES


def test_name_and_language_can_be_changed_to_what_is_offered() -> None:
    user = make_user()

    update_profile(user=user, name="  王芳 ")
    set_language(user=user, language="zh-hans")
    for language in ("", "xx", "en\0"):
        with pytest.raises(LanguageUnknown):
            set_language(user=user, language=language)
    for name in ("x" * 101, "a\0b"):
        with pytest.raises(NameInvalid):
            update_profile(user=user, name=name)

    user.refresh_from_db()
    assert (user.name, user.language) == ("王芳", "zh-hans")
    assert user.language in dict(settings.LANGUAGES)
