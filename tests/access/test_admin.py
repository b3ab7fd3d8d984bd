"""Every page of the admin, tried by everybody."""

import pytest
from django.apps import apps
from django.db.models import Model

from .addresses import addresses
from .people import World, made_world
from .table import STAFF

pytestmark = pytest.mark.django_db(transaction=True)

NONE, SUPERUSER = frozenset[str](), frozenset({"superuser"})
ORGANISERS = SUPERUSER | {"organisers' group"}
MODERATORS = ORGANISERS | {"moderator"}
CHAT = SUPERUSER | {"moderator"}

#: Who sees the rows of each model, adds one, deletes one, and acts on one with a button.
WHO: dict[str, tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]] = {
    "auth_group": (SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER),
    "auth_user": (SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER),
    "matchmaking_invitation": (SUPERUSER, NONE, SUPERUSER, SUPERUSER),
    "matchmaking_player": (MODERATORS, NONE, NONE, NONE),
    "matchmaking_ticket": (ORGANISERS, NONE, NONE, ORGANISERS),
    "matchmaking_pool": (ORGANISERS, ORGANISERS, NONE, ORGANISERS),
    "matchmaking_rating": (ORGANISERS, NONE, NONE, NONE),
    "matchmaking_season": (ORGANISERS, NONE, NONE, ORGANISERS),
    "matchmaking_report": (ORGANISERS, NONE, NONE, ORGANISERS),
    "matchmaking_match": (ORGANISERS, NONE, NONE, ORGANISERS),
    "tournaments_tournament": (ORGANISERS, ORGANISERS, NONE, ORGANISERS),
    "streams_event": (MODERATORS, NONE, NONE, MODERATORS),
    "streams_stream": (ORGANISERS, NONE, NONE, NONE),
    "lobby_mute": (MODERATORS, MODERATORS, MODERATORS, NONE),
    "lobby_chatsettings": (CHAT, NONE, NONE, NONE),
    "webhooks_endpoint": (SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER),
    "webhooks_delivery": (SUPERUSER, NONE, NONE, SUPERUSER),
    "service_keys_servicekey": (SUPERUSER, SUPERUSER, NONE, SUPERUSER),
    "play_roomrow": (SUPERUSER, NONE, NONE, NONE),
    "play_playedgame": (SUPERUSER, NONE, NONE, NONE),
}
OUTSIDE = ("nobody", "player", "organiser")
TRIED = (*OUTSIDE, *sorted(STAFF))
#: Pages for everybody who works in the admin.
FRAME = {"index", "password_change", "password_change_done", "jsi18n"}
#: Pages that refuse by what is asked of them; nothing without it.
BY_QUESTION = {"autocomplete", "view_on_site", "app_list", None}
#: The way in and the way out.
DOORS = {"login", "logout"}


@pytest.fixture
def world() -> World:
    return made_world()


def model_of(name: str) -> tuple[str, str]:
    """The model and the action of a page's name, such as `lobby_mute` and `add`."""
    label = next(one.label for one in apps.get_app_configs() if name.startswith(f"{one.label}_"))
    model, action = name.removeprefix(f"{label}_").split("_", 1)
    return f"{label}_{model}", action


def row_of(model: str) -> Model | None:
    app, name = model.rsplit("_", 1)
    found: Model | None = apps.get_model(app, name)._base_manager.first()
    return found


def allowed(model: str, action: str) -> frozenset[str]:
    see, add, delete, act = WHO[model]
    by_action = {"changelist": see, "change": see, "history": see, "add": add, "delete": delete}
    return by_action.get(action, act)


def test_every_page_of_the_admin_is_for_those_whom_the_table_names(world: World) -> None:
    seen = set()
    for address, pattern in addresses():
        if not address.startswith("/admin/") or pattern.name is None:
            continue
        if pattern.name in BY_QUESTION | DOORS:
            continue
        path, let_in, row = address, STAFF, None
        if pattern.name not in FRAME:
            model, action = model_of(pattern.name)
            seen.add(model)
            let_in, row = allowed(model, action), row_of(model)
            if action == "history" and row is None:
                continue
            path = address.format(
                **dict.fromkeys(("object_id", "pk", "id"), row.pk if row else 1),
                match_pk=world.names["match_id"], step="start",
            )  # fmt: skip
        for role in TRIED:
            answer = world.visitors[role].browser("GET", path, {})
            what = (path, role, answer.status_code)
            if role not in STAFF:
                assert answer.status_code == 302, what
                assert answer["Location"].startswith("/admin/login/"), what
            elif role not in let_in:
                assert answer.status_code == 403, what
            else:
                assert answer.status_code in {200, 302, 404}, what
                assert "/login/" not in answer.headers.get("Location", ""), what
    assert seen == WHO.keys()


def test_a_page_whose_name_says_nothing_is_for_staff_only(world: World) -> None:
    for address, pattern in addresses():
        if address.startswith("/admin/") and pattern.name in BY_QUESTION:
            path = address.format(
                rest="event/", content_type_id=1, object_id=1, app_label="lobby", url="nothing"
            )
            for role in OUTSIDE:
                answer = world.visitors[role].browser("GET", path, {})
                away = answer.status_code == 302 and "/admin/" in answer["Location"]
                assert away, (path, role, answer.status_code)
