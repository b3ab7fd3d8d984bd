"""Service keys: made, changed, rotated and revoked; a token is shown once, on the page after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from lib.admin import Button, Question, ReadInline, ServicedAdmin
from lib.errors import Refusal

from .models import KeyAction, Scope, ServiceKey
from .services import NewToken, change_key, make_key, revoke_key, rotate_key

MOST_OVERLAP_HOURS = 30 * 24


class KeyForm(forms.Form):
    """What is chosen of a key."""

    name = forms.CharField(help_text="What uses it. The record says under this name what was done.")
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="No more than it needs.",
    )
    requests_a_minute = forms.IntegerField(
        min_value=1, initial=6000, help_text="More are refused with 429."
    )
    expires_at = forms.SplitDateTimeField(
        required=False, widget=AdminSplitDateTime, help_text="In UTC. Empty: never."
    )


class RotationForm(forms.Form):
    """How a key gets a new token."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=MOST_OVERLAP_HOURS,
        initial=24,
        help_text="For so long the token before is good too. 0 ends it at once: do so when "
        "somebody may have seen it.",
    )


class ActionInline(ReadInline):
    """What the key did, where no record of a tournament or match names it."""

    model = KeyAction
    fields = readonly_fields = ("at", "text")
    verbose_name_plural = "what it did, apart from tournaments and matches"


@admin.register(ServiceKey)
class ServiceKeyAdmin(ServicedAdmin[ServiceKey]):
    """Keys by which other programs act here. Of a token only a digest is stored."""

    list_display = ("name", "may", "shown", "state", "requests_a_minute", "last_used_at")
    search_fields = ("name", "shown")
    fields = readonly_fields = (
        *("name", "may", "shown", "state", "requests_a_minute", "expires_at", "previous_until"),
        *("created_at", "last_used_at", "revoked_at"),
    )
    inlines = (ActionInline,)
    actions_on_row = ("settings", "rotate", "revoke")

    @admin.display(description="scopes")
    def may(self, key: ServiceKey) -> str:
        """What it may do."""
        return ", ".join(key.scopes)

    @admin.display()
    def state(self, key: ServiceKey) -> str:
        """Whether it is good."""
        if key.revoked_at is not None:
            return "revoked"
        if key.is_expired:
            return "expired"
        overlaps = key.previous_until is not None and key.previous_until > timezone.now()
        return "good, the token before too" if overlaps else "good"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may add keys makes them."""
        return request.user.has_perm("service_keys.add_servicekey")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Make a key, and show its token."""
        return self.admin_site.admin_view(self._make)(request)

    def _make(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied

        def make(chosen: dict[str, Any]) -> HttpResponse:
            made = make_key(**chosen)
            self.log_addition(request, made.key, "Made.")
            return self._show(request, made)

        return self._step(request, KeyForm(request.POST or None), make, "Make a service key")

    def buttons(self, request: HttpRequest, row: ServiceKey) -> list[Button]:
        """A key that is not revoked can be changed, rotated and revoked."""
        if row.revoked_at is not None:
            return []
        words = {"settings": "Change", "rotate": "Give it a new token", "revoke": "Revoke"}
        return [Button(label, self.page(name, row.pk)) for name, label in words.items()]

    def settings_view(self, request: HttpRequest, key: ServiceKey) -> HttpResponse:
        """Change what was chosen of a key; its token stays."""
        now = {name: getattr(key, name) for name in KeyForm.base_fields}

        def change(chosen: dict[str, Any]) -> HttpResponse:
            change_key(key_id=key.pk, **chosen)
            changed = [name for name in now if now[name] != chosen[name]]
            self.log_change(request, key, f"Changed: {', '.join(changed) or 'nothing'}.")
            return redirect(self.page("change", key.pk))

        form = KeyForm(request.POST or None, initial=now)
        return self._step(request, form, change, f"Change {key.name}", key)

    def rotate_view(self, request: HttpRequest, key: ServiceKey) -> HttpResponse:
        """Give a key a new token, and show it."""

        def rotate(chosen: dict[str, Any]) -> HttpResponse:
            hours = chosen["overlap_hours"]
            made = rotate_key(key_id=key.pk, overlap=timedelta(hours=hours))
            self.log_change(request, key, f"New token; the one before is good for {hours} hours.")
            return self._show(request, made)

        form = RotationForm(request.POST or None)
        return self._step(request, form, rotate, f"A new token for {key.name}", key)

    def revoke_view(self, request: HttpRequest, key: ServiceKey) -> HttpResponse:
        """Revoke a key for good."""
        question = Question(
            f"Revoke {key.name}?",
            "Whatever uses it is refused from now on, and its sockets are closed. This cannot be "
            "undone; what it did stays in the records under its name.",
            "Revoke it",
        )
        return self.ask_first(
            request, key, question, lambda: f"{revoke_key(key_id=key.pk).name} is revoked."
        )

    def _step(
        self,
        request: HttpRequest,
        form: forms.Form,
        do: Callable[[dict[str, Any]], HttpResponse],
        title: str,
        key: ServiceKey | None = None,
    ) -> HttpResponse:
        """A form, and what is done with it; what is refused stands above the fields."""
        if request.method == "POST" and form.is_valid():
            try:
                return do(form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
        context = self._context(request, title, key) | {"form": form}
        return render(request, "admin/form_step.html", context)

    def _show(self, request: HttpRequest, made: NewToken) -> HttpResponse:
        """The page with the token, which no cache keeps."""
        context = self._context(request, f"The token of {made.key.name}", made.key)
        return _shown(request, context | {"token": made.token})

    def _context(self, request: HttpRequest, title: str, key: ServiceKey | None) -> dict[str, Any]:
        context = self.admin_site.each_context(request)
        back = self.page("change", key.pk) if key else self.page("changelist")
        return context | {"title": title, "opts": self.opts, "original": key, "back": back}


@never_cache
def _shown(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "admin/new_token.html", context)
