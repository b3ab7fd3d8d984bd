"""Webhooks in the admin: where they go, how they stand, what became of each message."""

from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from lib.admin import Button, Question, ServicedAdmin
from lib.errors import Malformed, Refusal
from streams import log

from .facts import FACTS, FACTS_STREAM
from .models import Delivery, Endpoint, EndpointState, WebhookFormat
from .services.endpoints import (
    EndpointWish,
    change_endpoint,
    checked_name,
    checked_url,
    create_endpoint,
    fact_event,
    replay_from,
    rotate_secret,
)
from .services.trials import attempt_in_words, is_good, send_again, send_test

_EDITED = ("name", "url", "format", "types")


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """What staff say of an endpoint."""

    types = forms.MultipleChoiceField(
        choices=[(kind, kind) for kind in FACTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="None chosen: all.",
    )

    def clean_name(self) -> str:
        """A name as the API takes it."""
        return _or_invalid(checked_name, self.cleaned_data["name"])

    def clean_url(self) -> str:
        """An address as the API takes it."""
        return _or_invalid(checked_url, self.cleaned_data["url"])


def _or_invalid(check: Any, value: str) -> str:
    try:
        return str(check(value))
    except Malformed as refusal:
        raise ValidationError(refusal.message) from refusal


@admin.register(Endpoint)
class EndpointAdmin(ServicedAdmin[Endpoint]):
    """Addresses that are sent facts; what is parked waits for somebody to let it go on."""

    form = EndpointForm
    list_display = ("name", "host", "about", "format", "state", "backlog", "succeeded_at", "why")
    list_filter = ("state", "format")
    search_fields = ("name",)
    related = ("pool", "tournament")
    autocomplete_fields = ("pool", "tournament")
    readonly_fields = (
        "state", "why", "backlog", "failures", "failing_since", "next_attempt_at", "succeeded_at",
        "created_at",
    )  # fmt: skip
    actions_on_row = ("test", "rotate", "resume", "stop")
    actions = ("resume_all",)

    @admin.display(description="host")
    def host(self, endpoint: Endpoint) -> str:
        """Where it is; the rest of an address may be secret, as Discord's is."""
        return urlsplit(endpoint.url).netloc

    @admin.display(description="facts of")
    def about(self, endpoint: Endpoint) -> str:
        """What it is sent facts of."""
        return str(endpoint.tournament or endpoint.pool or "the site")

    @admin.display(description="backlog")
    def backlog(self, endpoint: Endpoint) -> int:
        """Facts that it has not got yet, of any type."""
        return max(0, log.head(FACTS_STREAM).seq - endpoint.position)

    def get_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        """Of a new one what it shall be, of an old one how it stands too."""
        fields = (*_EDITED, "pool", "tournament")
        return (*fields, *self.readonly_fields) if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        """What it is about stays as it is."""
        return (*self.readonly_fields, "pool", "tournament") if obj else self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever has the right may add one."""
        return request.user.has_perm("webhooks.add_endpoint")

    def has_change_permission(self, request: HttpRequest, obj: Endpoint | None = None) -> bool:
        """Whoever has the right may change one."""
        return self.has_act_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Endpoint | None = None) -> bool:
        """Whoever has the right may delete one."""
        return request.user.has_perm("webhooks.delete_endpoint")

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        """Store it by the services; the secret of a new one is shown this once."""
        said = form.cleaned_data
        if change:
            changed = change_endpoint(obj, {name: said[name] for name in _EDITED})
            obj.turn = changed.turn
            return
        about = {name: said[name] for name in ("pool", "tournament")}
        wish = EndpointWish(
            said["name"], said["url"], WebhookFormat(said["format"]), said["types"], **about
        )
        made, secret = create_endpoint(wish)
        obj.pk, obj.sealed_secret, obj.position = made.pk, made.sealed_secret, made.position
        self._show_secret(request, secret)

    def _show_secret(self, request: HttpRequest, secret: str) -> None:
        text = f"Its secret is {secret} - copy it now, it is not shown again."
        self.message_user(request, text, messages.WARNING)

    def buttons(self, request: HttpRequest, row: Endpoint) -> list[Button]:
        """What can be done with it now."""
        goes_on = ("Stop", "stop") if row.state == EndpointState.ACTIVE else ("Go on", "resume")
        deliveries = reverse(f"{self.admin_site.name}:webhooks_delivery_changelist")
        return [
            Button("Deliveries", f"{deliveries}?endpoint__id__exact={row.pk}"),
            Button("Send a test", self.page("test", row.pk)),
            Button("Rotate the secret", self.page("rotate", row.pk)),
            Button(goes_on[0], self.page(goes_on[1], row.pk)),
        ]

    def test_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Send a test, and show what came of it."""
        question = Question("Send a test", "It is sent a message of the type test.ping.", "Send it")
        if request.method != "POST":
            return self.ask_first(request, row, question, str)
        return _sent(self, request, row, lambda: async_to_sync(send_test)(row))

    def rotate_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Give it a new secret."""
        text = "It gets a new secret. For a day its messages are signed by both."
        if request.method == "POST":
            _, secret = rotate_secret(row)
            self.log_change(request, row, "Rotated the secret")
            self._show_secret(request, secret)
            return redirect(self.page("change", row.pk))
        return self.ask_first(request, row, Question("Rotate the secret", text, "Rotate"), str)

    def resume_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Let one that was parked or disabled go on."""
        text = "It is tried again at once, from the first fact that it has not got."
        return self.ask_first(request, row, Question("Go on", text, "Go on"), lambda: _resumed(row))

    def stop_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Send nothing more until it is let go on."""

        def stop() -> str:
            change_endpoint(row, {"state": EndpointState.DISABLED})
            return f"{row} is sent nothing more."

        text = "It is sent nothing more until it is let go on."
        return self.ask_first(request, row, Question("Stop", text, "Stop"), stop)

    @admin.action(description="Let these go on", permissions=["act"])
    def resume_all(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        """Let many go on that were parked, such as after an outage of their host."""
        self.act_on_each(request, endpoints, _resumed)


def _resumed(endpoint: Endpoint) -> str:
    change_endpoint(endpoint, {"state": EndpointState.ACTIVE})
    return f"{endpoint} goes on."


def _sent(site: Any, request: HttpRequest, row: Any, send: Any) -> HttpResponse:
    """Send something outside any transaction, and say what came of it."""
    try:
        last = send().attempts[-1]
    except Refusal as refusal:
        site.message_user(request, refusal.message, messages.ERROR)
    else:
        level = messages.SUCCESS if is_good(last) else messages.ERROR
        site.message_user(request, attempt_in_words(last), level)
    return redirect(site.page("change", row.pk))


@admin.register(Delivery)
class DeliveryAdmin(ServicedAdmin[Delivery]):
    """Messages and their attempts; each can be sent again, or all from one on."""

    list_display = ("message_id", "type", "endpoint", "is_delivered", "tries", "attempted_at")
    list_filter = ("is_delivered", "type", "endpoint")
    related = ("endpoint",)
    fields = ("endpoint", "message_id", "type", "is_delivered", "shown_attempts")
    readonly_fields = fields
    actions_on_row = ("again", "since")
    show_full_result_count = False

    @admin.display(description="attempts")
    def tries(self, delivery: Delivery) -> int:
        """How often it was tried."""
        return len(delivery.attempts)

    @admin.display(description="attempts")
    def shown_attempts(self, delivery: Delivery) -> SafeString:
        """Each attempt in a line, with the start of the answer."""
        return format_html_join(
            "",
            "<p>{}: {} after {} ms<br><code>{}</code></p>",
            (
                (one["at"], one["error"] or one["status"], one["milliseconds"], one["answer"])
                for one in delivery.attempts
            ),
        )

    def buttons(self, request: HttpRequest, row: Delivery) -> list[Button]:
        """Send it again, or all from it on; a test is not kept."""
        if not row.seq:
            return []
        return [
            Button("Send again", self.page("again", row.pk)),
            Button("Send all from here on", self.page("since", row.pk)),
        ]

    def again_view(self, request: HttpRequest, row: Delivery) -> HttpResponse:
        """Send one message again."""
        text = "The message is sent once more, with the same id."
        if request.method != "POST":
            return self.ask_first(request, row, Question("Send again", text, "Send it"), str)
        endpoint = row.endpoint
        return _sent(
            self, request, row, lambda: async_to_sync(send_again)(endpoint, row.message_id)
        )

    def since_view(self, request: HttpRequest, row: Delivery) -> HttpResponse:
        """Send all facts from this one on again."""

        def replay() -> str:
            event, _ = fact_event(row.message_id)
            replay_from(row.endpoint, event.seq)
            return f"{row.endpoint} is sent everything from here on again."

        text = "This message and all that came after it are sent again, in order."
        return self.ask_first(request, row, Question("Send all again", text, "Send them"), replay)
