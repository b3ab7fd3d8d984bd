"""What the admin pages of all apps share: rows to read, buttons, error messages, and a history."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, IntegerField, Model, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse

from .errors import Refusal

Row = TypeVar("Row", bound=Model)
LATEST = 50


class Button(NamedTuple):
    """A link from a row's page to an action on it."""

    label: str
    url: str


class Question(NamedTuple):
    """The confirmation that an action asks for."""

    title: str
    consequence: str
    yes: str


class ServicedAdmin(admin.ModelAdmin, Generic[Row]):  # type: ignore[type-arg]
    """Rows that people read here and that only services write.

    Each of `actions_on_row` has a page of its own, shown by the method `<name>_view`; `related`
    and `prefetched` are read with the rows.
    """

    change_form_template = "admin/serviced_change_form.html"
    actions_on_row: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        """The rows, with all that a line shows."""
        return _with_related(super().get_queryset(request), self)

    def get_urls(self) -> list[URLPattern]:
        """The pages of the actions, before the stock ones."""
        converter = "uuid" if isinstance(self.opts.pk, UUIDField) else "int"
        label = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path(
                f"<{converter}:pk>/{name}/",
                self.on_row(getattr(self, f"{name}_view")),
                name=f"{label}_{name}",
            )
            for name in self.actions_on_row
        ] + super().get_urls()

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
        """Whether the account has the change permission, which the buttons need."""
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
        """Show the row, with its buttons to accounts that may act."""
        row = kwargs.get("obj")
        if row is not None and self.has_act_permission(request):
            context["buttons"] = self.buttons(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def on_row(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """An action's page, which takes a row, as a view for those who may act on rows."""

        def view_of_row(request: HttpRequest, pk: UUID | int, **parameters: Any) -> HttpResponse:
            if not self.has_act_permission(request):
                raise PermissionDenied
            row = get_object_or_404(self.get_queryset(request), pk=pk)
            return view(request, row, **parameters)

        return self.admin_site.admin_view(view_of_row)

    def act(self, request: HttpRequest, row: Row, do: Callable[[], str]) -> None:
        """Run one action in a transaction, record it in the row's history, and show how it went."""
        try:
            message = self._do(request, row, do)
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, message, messages.SUCCESS)

    def act_on_each(
        self, request: HttpRequest, rows: Iterable[Row], do: Callable[[Row], str]
    ) -> None:
        """Run an action on each row separately; show how many succeeded and why others failed."""
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
        message = do()
        self.log_change(request, row, message)
        return message

    def ask_first(
        self, request: HttpRequest, row: Row, question: Question, do: Callable[[], str]
    ) -> HttpResponse:
        """A page that asks for confirmation, then acts and returns to the row."""
        if request.method == "POST":
            self.act(request, row, do)
            return redirect(self.page("change", row.pk))
        context = self.page_context(request, row, question.title) | {"question": question}
        return render(request, "admin/ask_first.html", context)

    def page_context(self, request: HttpRequest, row: Row, title: str) -> dict[str, Any]:
        """The context of an action's page."""
        return self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "original": row,
            "back": self.page("change", row.pk),
        }


def _with_related(rows: QuerySet[Row], source: Any) -> QuerySet[Row]:
    if source.related:
        rows = rows.select_related(*source.related)
    return rows.prefetch_related(*source.prefetched)


class LatestFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The first rows only: a busy player has thousands of them."""

    def get_queryset(self) -> Any:
        """The first rows, read once."""
        if not hasattr(self, "_latest"):
            self._latest = list(super().get_queryset()[:LATEST])
        return self._latest


class ReadInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows that belong to another, to read."""

    template = "admin/read_inline.html"
    extra = 0
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows, with all that a line shows."""
        return _with_related(super().get_queryset(request), self)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody edits a row by hand."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Everybody who may see the page may see what belongs to it."""
        return True


def annotated(name: str, description: str | None = None, *, boolean: bool = False) -> Any:
    """A column that shows the annotation `name` of a row, and sorts by it."""

    @admin.display(description=description or name, ordering=name, boolean=boolean)
    def column(self: Any, row: Any) -> Any:
        return getattr(row, name)

    return column


def count_by(rows: QuerySet[Any], key: str) -> Coalesce:
    """An annotation: how many of these rows each `key` has; several do not multiply each other."""
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
