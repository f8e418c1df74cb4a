import pytest
from django.utils import timezone

from core import states
from core.models import StateChange
from merchants.models import CommissionPlan, Merchant


@pytest.fixture
def merchant() -> Merchant:
    plan = CommissionPlan.objects.create(name="Standard", rate_bps=500)
    return Merchant.objects.create(slug="tea", name="Tea", kind="company", email="tea@example.com", commission_plan=plan)


@pytest.mark.django_db
def test_a_move_changes_the_row_and_leaves_a_history(merchant: Merchant) -> None:
    states.move_to(merchant, "suspended", actor="operator:1", reason="papers expired", at=timezone.now())

    merchant.refresh_from_db()
    assert merchant.status == "suspended"
    assert list(states.history(merchant).values_list("from_status", "to_status", "actor", "reason")) == [
        ("active", "suspended", "operator:1", "papers expired")
    ]


@pytest.mark.django_db
def test_a_step_the_table_does_not_have_is_refused(merchant: Merchant) -> None:
    with pytest.raises(states.IllegalTransition):
        states.move_to(merchant, "active", actor="operator:1", at=timezone.now())

    assert not StateChange.objects.exists()


@pytest.mark.django_db
def test_the_second_of_two_movers_is_told_that_the_row_has_moved(merchant: Merchant) -> None:
    other = Merchant.objects.get(pk=merchant.pk)
    states.move_to(merchant, "suspended", actor="operator:1", at=timezone.now())

    with pytest.raises(states.StaleState):
        states.move_to(other, "suspended", actor="operator:2", at=timezone.now())

    assert StateChange.objects.count() == 1
