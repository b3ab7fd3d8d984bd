"""Which match comes before which."""

import pytest

from tournaments.models import Format, StageSettings
from tournaments.order_of_play import open_in_order

from .builders import DOUBLE, started

pytestmark = pytest.mark.django_db

THIRD_PLACE = StageSettings(Format.SINGLE_ELIMINATION, third_place=True)


@pytest.mark.parametrize(
    ("plan", "order"),
    [
        (THIRD_PLACE, "W1.1 W1.2 P3 W2.1"),
        (DOUBLE, "W1.1 W1.2 L1.1 W2.1 L2.1 GF GF2"),
    ],
)
def test_what_leads_to_a_match_comes_before_it_and_the_final_last(
    plan: StageSettings, order: str
) -> None:
    assert [row.key for row in open_in_order(started(4, plan))] == order.split()
