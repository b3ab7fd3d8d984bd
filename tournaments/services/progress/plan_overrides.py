"""What the course changes of a stage's plan: fewer go on than planned, a Swiss ends early."""

from tournaments.models import Stage

#: The fields that it changes, and where it keeps what was planned.
PLANNED = ("rounds_planned", "group_count", "planned")


def change_plan(stage: Stage, **values: int | None) -> None:
    """Let a stage be played otherwise than planned, until it is taken down; the caller saves."""
    for field, value in values.items():
        if getattr(stage, field) != value:
            stage.planned.setdefault(field, getattr(stage, field))
            setattr(stage, field, value)
            if stage.planned[field] == value:
                del stage.planned[field]


def put_plan_back(stage: Stage) -> None:
    """Let a stage that is taken down be as it was planned; the caller saves."""
    for field, value in stage.planned.items():
        setattr(stage, field, value)
    stage.planned = {}
