from collections.abc import Callable

import pytest

from payments.gateways.bank_reference import in_groups, new_reference, references_in


def test_references_are_random_and_valid() -> None:
    made = {new_reference() for _ in range(200)}

    assert len(made) == 200
    assert all(references_in(reference) == [reference] for reference in made)


def test_the_check_digits_are_those_of_the_standard() -> None:
    """ISO 11649: move "RF" and the check digits to the end, letters become numbers, the remainder by 97 is 1."""
    reference = new_reference()

    assert int(reference[4:] + "2715" + reference[2:4]) % 97 == 1


@pytest.mark.parametrize(
    "write",
    [
        in_groups,
        str.lower,
        lambda reference: f"Invoice 7, {reference[:6]}-{reference[6:]} thank you",
        lambda reference: f"货款{reference}谢谢",
        lambda reference: "".join(chr(ord(character) + 0xFEE0) for character in reference),
        lambda reference: reference.replace("0", "O").replace("1", "l"),
        lambda reference: f"{reference} / {reference}",
        lambda reference: f"x{reference}9",
    ],
)
def test_it_is_found_however_people_and_banks_write_it(write: Callable[[str], str]) -> None:
    reference = new_reference()

    assert references_in(write(reference)) == [reference]


def test_any_wrong_digit_and_any_swapped_neighbours_are_seen() -> None:
    reference = new_reference()
    wrong = [reference[:place] + digit + reference[place + 1 :] for place in range(2, 14) for digit in "0123456789"]
    swapped = [reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :] for place in range(2, 13)]

    assert [text for text in (*wrong, *swapped) if text != reference and references_in(text)] == []


def test_two_different_references_are_both_told() -> None:
    first, second = new_reference(), new_reference()

    assert references_in(f"{first} and {second}") == [first, second]


@pytest.mark.parametrize("text", ["", "RF", "RF00 0000 0000 00 thanks", "123456789012", "RF18 5390 0754"])
def test_a_text_without_one_has_none(text: str) -> None:
    assert references_in(text) == []
