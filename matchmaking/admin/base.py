"""What the admin pages of all apps share: rows to read, buttons, refusals said, who did what."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, IntegerField, Model, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from lib.errors import Refusal
from matchmaking.models import Match, MatchState
from matchmaking.results import Result
from matchmaking.wording import side_names

from .forms import ResultForm, result_in_words

Row = TypeVar("Row", bound=Model)
LATEST = 50

if TYPE_CHECKING:

    class StockAdmin(admin.ModelAdmin[Row]):
        """Django's own, told which row it shows."""

    StockInline = admin.TabularInline[Any, Any]
    StockFormSet = BaseInlineFormSet[Any, Any, Any]
else:

    class StockAdmin(admin.ModelAdmin, Generic[Row]):
        """Django's own, told which row it shows."""

    StockInline = admin.TabularInline
    StockFormSet = BaseInlineFormSet


class Button(NamedTuple):
    """A way from a row's page to one of the things that can be done with it."""

    label: str
    url: str


class Question(NamedTuple):
    """What is asked before something is done that cannot be taken back."""

    title: str
    consequence: str
    yes: str


class ServicedAdmin(StockAdmin[Row]):
    """Rows that people read here and that only services write."""

    change_form_template = "admin/serviced_change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Nobody edits a row by hand; see `has_act_permission`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Nobody deletes a row by hand."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the account has the change permission, which is what the buttons need."""
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def page(self, name: str, *args: object) -> str:
        """The address of one of this admin's pages, such as `change`."""
        label = f"{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{self.admin_site.name}:{label}_{name}", args=args)

    def buttons(self, request: HttpRequest, row: Row) -> list[Button]:
        """What can be done with a row now, for an account that may act."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the row, and the buttons to those who may press them."""
        row = kwargs.get("obj")
        if row is not None and self.has_act_permission(request):
            context["buttons"] = self.buttons(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def row_to_act_on(self, request: HttpRequest, pk: UUID | int) -> Row:
        """The row of an acting page; refuses accounts that may only look."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def act(self, request: HttpRequest, row: Row, do: Callable[[], str]) -> None:
        """Do one thing whole, and note in the row's history who did it; say how it went."""
        try:
            said = self._do(request, row, do)
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, said, messages.SUCCESS)

    def act_on_each(
        self, request: HttpRequest, rows: Iterable[Row], do: Callable[[Row], str]
    ) -> None:
        """Do the same with each row, each by itself; say how many went well, and why others not."""
        done = 0
        for row in rows:
            try:
                self._do(request, row, partial(do, row))
            except Refusal as refusal:
                self.message_user(request, f"{row}: {refusal.message}", messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, f"{done} done.", messages.SUCCESS)

    @transaction.atomic
    def _do(self, request: HttpRequest, row: Row, do: Callable[[], str]) -> str:
        said = do()
        self.log_change(request, row, said)
        return said

    def ask_first(
        self, request: HttpRequest, row: Row, question: Question, do: Callable[[], str]
    ) -> HttpResponse:
        """A page that asks; its answer is done, and leads back to the row."""
        if request.method == "POST":
            self.act(request, row, do)
            return redirect(self.page("change", row.pk))
        context = self._context(request, row, question.title) | {"question": question}
        return render(request, "admin/ask_first.html", context)

    def ask_result(
        self,
        request: HttpRequest,
        row: Row,
        match: Match,
        record: Callable[[Result], object],
        *,
        states: Sequence[str] = (MatchState.OPEN,),
    ) -> HttpResponse:
        """A page that takes a match's result; recorded or refused, it leads back to the row.

        Shown only while the match is in one of `states`.
        """
        sides = side_names(match)
        meeting = " vs ".join(sides)
        if request.method != "POST" and match.state not in states:
            words = f"This match is already {match.get_state_display()}."
            self.message_user(request, words, messages.ERROR)
            return redirect(self.page("change", row.pk))
        form = ResultForm(
            request.POST or None, sides=sides, best_of=match.best_of, draws=match.draws
        )
        if not form.is_valid():
            context = self._context(request, row, f"Result of {meeting}") | {"form": form}
            return render(request, "admin/result.html", context)

        def do() -> str:
            record(form.result)
            return f"Entered {meeting}: {result_in_words(form.result, sides)}."

        self.act(request, row, do)
        return redirect(self.page("change", row.pk))

    def _context(self, request: HttpRequest, row: Row, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "original": row,
            "back": self.page("change", row.pk),
        }


class LatestFormSet(StockFormSet):
    """The first rows only: a busy player has thousands of them."""

    def get_queryset(self) -> Any:
        """The first rows, read once."""
        if not hasattr(self, "_latest"):
            self._latest = list(super().get_queryset()[:LATEST])
        return self._latest


class ReadInline(StockInline):
    """Rows that belong to another, to read."""

    template = "admin/read_inline.html"
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody edits a row by hand."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the page may see what belongs to it."""
        return True


def count_by(rows: QuerySet[Any], key: str) -> Coalesce:
    """An annotation: how many of these rows each `key` has; several do not multiply each other."""
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
