"""Ratings, to read; and seasons, to end."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from lib.admin import Button, LatestFormSet, Question, ReadInline, ServicedAdmin
from matchmaking.models import Rating, Season, SeasonPlace
from matchmaking.services.seasons import end_season


@admin.register(Rating)
class RatingAdmin(ServicedAdmin[Rating]):
    """Ratings of players. Only results change them."""

    list_display = ("player", "pool", "points", "plus_minus", "matches", "rated_at")
    list_filter = ("pool",)
    search_fields = ("player__name", "player__name_key")
    ordering = ("-rating",)
    fields = readonly_fields = (
        "player", "pool", "points", "plus_minus", "volatility", "matches", "rated_at", "sure_until"
    )  # fmt: skip

    related = ("player", "pool")

    @admin.display(description="rating", ordering="rating")
    def points(self, rating: Rating) -> str:
        """The rating in whole points."""
        return f"{rating.rating:.0f}"

    @admin.display(description="deviation", ordering="deviation")
    def plus_minus(self, rating: Rating) -> str:
        """The deviation after the last match."""
        return f"{rating.deviation:.0f}"


class SeasonTable(ReadInline):
    """The first lines of the archived table."""

    model = SeasonPlace
    formset = LatestFormSet
    verbose_name_plural = "table"
    fields = readonly_fields = ("line", "rank", "name", "rating", "deviation", "matches")
    ordering = ("line",)


@admin.register(Season)
class SeasonAdmin(ServicedAdmin[Season]):
    """The seasons of the pools. One begins with a pool's first rated match, or when one ends."""

    list_display = ("name_or_number", "pool", "started_at", "ends_at", "ended_at")
    list_filter = ("pool",)
    ordering = ("pool", "-number")
    fields = (
        "pool", "number", "name", "started_at", "ends_at", "ended_at", "keep_percent",
        "least_deviation",
    )  # fmt: skip
    inlines = (SeasonTable,)
    actions_on_row = ("end",)
    related = ("pool",)

    @admin.display(description="season")
    def name_or_number(self, season: Season) -> str:
        """What the season is called."""
        return str(season)

    def has_change_permission(self, request: HttpRequest, obj: Season | None = None) -> bool:
        """A season's rules are set by hand while it lasts; the rest is not."""
        return self.has_act_permission(request)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Season | None = None
    ) -> tuple[str, ...]:
        """A past season is history."""
        if obj is not None and obj.ended_at is not None:
            return self.fields
        return ("pool", "number", "started_at", "ended_at")

    def buttons(self, request: HttpRequest, season: Season) -> list[Button]:
        """The present season may be ended."""
        return [] if season.ended_at else [Button("End the season", self.page("end", season.pk))]

    def end_view(self, request: HttpRequest, season: Season) -> HttpResponse:
        """The page that asks before a season ends."""
        question = Question(
            f"End {season} of {season.pool}?",
            "Its table is kept, every rating moves towards 1500 and becomes less sure, and the "
            "next season begins. This cannot be undone.",
            "End the season",
        )
        return self.ask_first(request, season, question, lambda: _end(season))


def _end(season: Season) -> str:
    end_season(pool=season.pool, number=season.number)
    return f"Ended {season} of {season.pool}."
