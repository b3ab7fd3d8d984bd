"""The forms of a page as a browser has them, and how somebody without a plan fills them in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random

Attributes = dict[str, str | None]
#: What people type, and what they should not.
WORDS = (
    "", "0", "1", "2", "3", "-1", "99", "9" * 25, "1e400", "NaN", "½", "٣", "Ann", "Bob", "Zoe",
    "Ann, 1800, Owls", "名前", "👋", "<b>x</b>", "=1+1", "a\x00b", "a\u202eb", "\u200b", "x" * 33,
    "x" * 5000, "a\nb\nc", "2030-01-01", "9999-12-31", "10:00", "25:99", "true",
)  # fmt: skip


@dataclass
class Field:
    """Something to be filled in, or a button."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    action: str = ""

    def filled(self, chance: Random, wild: float) -> str | None:
        """As somebody leaves it; None for a box that is not ticked."""
        if self.name == "csrfmiddlewaretoken":
            return self.value
        if self.kind in {"checkbox", "radio"}:
            return (self.value or "on") if chance.random() < 0.5 else None
        if chance.random() < wild or (self.kind not in {"hidden", "select"} and not self.value):
            return chance.choice(WORDS)
        if self.kind == "select" and self.options and chance.random() < 0.5:
            return chance.choice(self.options)
        return self.value


@dataclass
class Form:
    """A form: where it goes, its fields and its buttons."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Field] = field(default_factory=list)

    def filled(self, chance: Random, wild: float) -> tuple[str, dict[str, list[str]]]:
        """Where it goes when a button is pressed, and with what; files are left out."""
        data: dict[str, list[str]] = {}
        pressed = [chance.choice(self.buttons)] if self.buttons else []
        for one in (*self.fields, *pressed):
            value = one.value if one in pressed else one.filled(chance, wild)
            if one.name and one.kind != "file" and value is not None:
                data.setdefault(one.name, []).append(value)
        return next((one.action for one in pressed if one.action), self.action), data


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self._open = ""
        self._loose: list[tuple[str, Field]] = []
        self._field: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said: Attributes = dict(attrs)
        match tag:
            case "form":
                self._open = said.get("id") or f"form {len(self.forms)}"
                method = (said.get("method") or "get").lower()
                self.forms[self._open] = Form(said.get("action") or "", method)
            case "input" | "select" | "textarea" | "button":
                self._take(tag, said)
            case "option" if self._field is not None:
                self._field.options.append(said.get("value") or "")
                if "selected" in said:
                    self._field.value = said.get("value") or ""

    def _take(self, tag: str, said: Attributes) -> None:
        kind = said.get("type") or {"input": "text", "button": "submit"}.get(tag, tag)
        self._field = Field(said.get("name") or "", kind, said.get("value") or "")
        self._field.action = said.get("formaction") or ""
        if "disabled" not in said:
            self._loose.append((said.get("form") or self._open, self._field))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = ""
        elif tag in {"select", "textarea"}:
            self._field = None

    def handle_data(self, data: str) -> None:
        if self._field is not None and self._field.kind == "textarea":
            self._field.value += data

    def read(self, html: str) -> list[Form]:
        self.feed(html)
        self.close()
        for name, found in self._loose:
            if name in self.forms and found.kind != "button":
                form = self.forms[name]
                (form.buttons if found.kind == "submit" else form.fields).append(found)
        return list(self.forms.values())


def forms_of(html: str, wanted: Callable[[Form], bool] = lambda form: True) -> list[Form]:
    """The forms of a page that send something, in order."""
    return [form for form in _Reader().read(html) if form.method == "post" and wanted(form)]
