"""When merchants are paid, from how much on, and what counts as an account number."""

import datetime as dt
import re

from core.money import exponent

# Payouts are made in the small hours of the installation's time zone, when the day before is over.
HOUR = 2
LAST_DAY = 28
LONGEST_MINIMUM = 10**9
_NUMBER = re.compile(r"[A-Z0-9]{4,34}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_CODE = re.compile(r"[A-Z0-9]{0,20}")


def next_payout(*, frequency: str, weekday: int, day: int, after: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The first payout moment later than `after`: every day, every `weekday` (Monday is 0) or on that `day` of each month."""
    date = after.astimezone(zone).date()
    while True:
        moment = dt.datetime.combine(date, dt.time(HOUR), tzinfo=zone)
        if moment > after and _is_day(date, frequency, weekday, day):
            return moment
        date += dt.timedelta(days=1)


def _is_day(date: dt.date, frequency: str, weekday: int, day: int) -> bool:
    if frequency == "monthly":
        return date.day == day
    return frequency == "daily" or date.weekday() == weekday


def minimum_in(currency: str, *, minimum_minor: int, settled_in: str) -> int:
    """A minimum of the settlement currency as that many whole units of another: 10.00 USD is 10 JPY or 10.000 KWD."""
    # Whole units, rounded up where the other currency has fewer places.
    return -(-minimum_minor * int(10 ** exponent(currency)) // int(10 ** exponent(settled_in)))


def reason_to_carry(*, balance_minor: int, minimum_minor: int, has_account: bool, is_paused: bool) -> str:
    """Why a balance stays where it is; empty when it is paid out."""
    if balance_minor <= 0:
        return "nothing"
    if is_paused:
        return "paused"
    if balance_minor < minimum_minor:
        return "below_minimum"
    return "" if has_account else "no_account"


def plain_number(text: str) -> str:
    """An account number without blanks and dashes, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def is_account_number(number: str) -> bool:
    """Whether a plain number can be one; what looks like an IBAN must have its check digits right (ISO 13616, remainder 1 of 97)."""
    if not _NUMBER.fullmatch(number):
        return False
    if not _IBAN.fullmatch(number):
        return True
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1


def is_bank_code(code: str) -> bool:
    """Whether a plain text can be a BIC, routing, sort or CNAPS code; none is fine too."""
    return bool(_CODE.fullmatch(code))
