"""Companies: opening one, inviting colleagues, roles, leaving."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import (
    AlreadyInCompany,
    ColleagueKnown,
    ColleagueNotFound,
    CompanyFull,
    CompanyInvalid,
    CompanyKnown,
    CompanyNotFound,
    InvitationInvalid,
    InvitationNotUsable,
    LastAdministrator,
    NotCompanyAdministrator,
)
from accounts.models import Company, CompanyInvitation, User
from accounts.services import companies
from core import outbox
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.companies import administrator_of, make_colleague, make_company

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def company() -> Company:
    return make_company()


def invited(company: Company, email: str, role: str = "buyer") -> CompanyInvitation:
    return companies.invite_colleague(user=administrator_of(company), email=email, role=role, language="en", at=timezone.now())


def test_who_opens_it_is_its_administrator() -> None:
    user = make_user()

    company = make_company(user, name="  Lotus   Hotels ", tax_number="de 123")

    user.refresh_from_db()
    assert (company.name, company.tax_number) == ("Lotus Hotels", "DE 123")
    assert (user.company, user.company_role) == (company, "administrator")
    with pytest.raises(AlreadyInCompany):
        make_company(user)
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("name", "a\x00b"), ("country", "XX"), ("email", "nobody"), ("tax_number", " "), ("phone", "")],
)
def test_what_is_no_company_is_refused(field: str, value: str) -> None:
    with pytest.raises(CompanyInvalid):
        make_company(**{field: value})

    assert not Company.objects.exists()
    assert not User.objects.exclude(company=None).exists()


def test_a_tax_number_is_a_companys_own(company: Company) -> None:
    with pytest.raises(CompanyKnown):
        make_company(tax_number=company.tax_number.lower())

    other = make_company()
    with pytest.raises(CompanyKnown):
        companies.update_company(user=administrator_of(other), tax_number=company.tax_number)
    assert make_company(tax_number=company.tax_number, country="DE").tax_number == company.tax_number


def test_a_colleague_gets_a_mail_and_comes_once(company: Company) -> None:
    invitation = invited(company, "New@Example.com")
    outbox.relay(now=timezone.now())
    user = make_user(email="new@example.com")

    joined = companies.accept_invitation(invitation_id=invitation.pk, user=user)

    user.refresh_from_db()
    assert (joined, user.company, user.company_role) == (company, company, "buyer")
    companies.leave_company(user=user)
    with pytest.raises(InvitationNotUsable):
        companies.accept_invitation(invitation_id=invitation.pk, user=user)
    assert Mail.objects.filter(kind="company_invited").values_list("to", flat=True).get() == "new@example.com"


def test_an_invitation_is_for_nobody_else(company: Company) -> None:
    invitation = invited(company, "new@example.com")
    stranger = make_user()

    with pytest.raises(InvitationNotUsable):
        companies.accept_invitation(invitation_id=invitation.pk, user=stranger)

    stranger.refresh_from_db()
    assert stranger.company is None
    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_an_invitation_ends(company: Company) -> None:
    user = make_user()
    invitation = invited(company, user.email)
    CompanyInvitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    with pytest.raises(InvitationNotUsable):
        companies.accept_invitation(invitation_id=invitation.pk, user=user)


def test_one_that_was_withdrawn_or_replaced_opens_nothing(company: Company) -> None:
    user = make_user()
    first = invited(company, user.email)
    second = invited(company, user.email.upper(), "administrator")
    companies.withdraw_invitation(user=administrator_of(company), invitation_id=second.pk)

    for invitation in (first, second):
        with pytest.raises(InvitationNotUsable):
            companies.accept_invitation(invitation_id=invitation.pk, user=user)
    with pytest.raises(ColleagueNotFound):
        companies.withdraw_invitation(user=administrator_of(company), invitation_id=second.pk)


def test_whoever_buys_for_a_company_joins_no_other(company: Company) -> None:
    other = make_company()
    user = administrator_of(other)
    invitation = invited(company, user.email)

    with pytest.raises(AlreadyInCompany):
        companies.accept_invitation(invitation_id=invitation.pk, user=user)

    assert administrator_of(other) == user


@pytest.mark.parametrize(
    ("email", "role"), [("", "buyer"), ("nobody", "buyer"), ("a@example.com", "owner"), ("a\x00@example.com", "buyer")]
)
def test_an_invitation_needs_an_address_and_a_role(company: Company, email: str, role: str) -> None:
    with pytest.raises(InvitationInvalid):
        invited(company, email, role)

    assert not CompanyInvitation.objects.exists()


def test_a_company_has_so_many_people(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companies, "MOST_PEOPLE", 3)
    invited(company, "a@example.com")
    invited(company, "b@example.com")

    with pytest.raises(CompanyFull):
        invited(company, "c@example.com")
    with pytest.raises(ColleagueKnown):
        invited(company, administrator_of(company).email)

    assert CompanyInvitation.objects.count() == 2


def test_buyers_decide_nothing(company: Company) -> None:
    buyer, administrator = make_colleague(company), administrator_of(company)
    act: list[Any] = [
        lambda: companies.invite_colleague(user=buyer, email="x@example.com", role="buyer", language="en", at=NOW),
        lambda: companies.set_role(user=buyer, colleague_id=buyer.pk, role="administrator"),
        lambda: companies.remove_colleague(user=buyer, colleague_id=administrator.pk),
        lambda: companies.update_company(user=buyer, name="Mine"),
    ]

    for attempt in act:
        with pytest.raises(NotCompanyAdministrator):
            attempt()

    buyer.refresh_from_db()
    assert (buyer.company_role, administrator_of(company)) == ("buyer", administrator)


def test_administrators_of_another_company_reach_nobody(company: Company) -> None:
    other, colleague = administrator_of(make_company()), make_colleague(company)

    with pytest.raises(ColleagueNotFound):
        companies.set_role(user=other, colleague_id=colleague.pk, role="administrator")
    with pytest.raises(ColleagueNotFound):
        companies.remove_colleague(user=other, colleague_id=colleague.pk)
    with pytest.raises(CompanyNotFound):
        companies.leave_company(user=make_user())

    colleague.refresh_from_db()
    assert (colleague.company, colleague.company_role) == (company, "buyer")


def test_the_last_administrator_stays(company: Company) -> None:
    administrator, buyer = administrator_of(company), make_colleague(company)

    attempts: list[Any] = [
        lambda: companies.leave_company(user=administrator),
        lambda: companies.set_role(user=administrator, colleague_id=administrator.pk, role="buyer"),
        lambda: companies.remove_colleague(user=administrator, colleague_id=administrator.pk),
    ]
    for attempt in attempts:
        with pytest.raises(LastAdministrator):
            attempt()
    companies.set_role(user=administrator, colleague_id=buyer.pk, role="administrator")
    companies.leave_company(user=administrator)

    assert administrator_of(company) == buyer
    administrator.refresh_from_db()
    assert (administrator.company, administrator.company_role) == (None, "")
