"""`docs/webhooks.md` has every type with an example, and every field of each."""

import re
from typing import Any

import msgspec
import pytest
from django.conf import settings

from lib.schemas import schemas_in
from webhooks.delivery.discord import _LOOKS
from webhooks.facts import FACTS, PING, fact_types

PAGE = (settings.BASE_DIR / "docs" / "webhooks.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### `([\w.]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def example(kind: str) -> Any:
    [shown] = re.findall(r"```json\n(.*?)\n```", SECTIONS[kind], re.DOTALL)
    return msgspec.json.decode(shown)


def test_the_page_has_the_types_and_no_other() -> None:
    assert list(SECTIONS) == list(fact_types()) == [*FACTS, PING]
    assert _LOOKS.keys() == fact_types().keys(), "each has a look in Discord"


@pytest.mark.parametrize("kind", fact_types())
def test_an_example_is_what_its_type_says(kind: str) -> None:
    shown, schema = example(kind), fact_types()[kind]
    assert msgspec.to_builtins(msgspec.convert(shown, schema)) == shown
    for one in schemas_in(schema):
        assert one.__doc__, one
