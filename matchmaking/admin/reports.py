"""Reports by players, as an organiser reads and decides them."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from lib.admin import Button, Question, ServicedAdmin
from lib.errors import Conflict
from matchmaking.models import Report, ReportState
from matchmaking.results import Result, report_claim, report_counter
from matchmaking.services.matches import accept_unanswered
from matchmaking.services.ratings import awaited_word
from matchmaking.services.reports import decide_report
from matchmaking.wording import result_in_words, side_names

from .result_form import result_page


@admin.register(Report)
class ReportAdmin(ServicedAdmin[Report]):
    """What players reported of their matches; a dispute is decided here."""

    list_display = ("sides", "state", "claim", "objection", "reporter", "created_at")
    list_filter = ("state", "match__pool", "created_at")
    search_fields = ("match__seats__name", "reporter__name")
    ordering = ("-created_at",)
    fields = readonly_fields = (
        "sides", "state", "reporter", "claim", "answered_by", "objection", "created_at",
        "confirm_by", "answered_at", "match",
    )  # fmt: skip

    actions_on_row = ("accept", "objection", "result")
    related = ("match__pool", "reporter", "answered_by")
    prefetched = ("match__seats",)

    @admin.display(description="match")
    def sides(self, report: Report) -> str:
        """The names of the sides."""
        return " vs ".join(side_names(report.match))

    def claim(self, report: Report) -> str:
        """The result that the reporter claims."""
        return result_in_words(report_claim(report), side_names(report.match))

    def objection(self, report: Report) -> str:
        """The result that the other side claims."""
        counter = report_counter(report)
        if counter is not None:
            return result_in_words(counter, side_names(report.match))
        return "disputed, without a result" if report.state == ReportState.DISPUTED else "-"

    def buttons(self, request: HttpRequest, report: Report) -> list[Button]:
        """While the report on a pool's match is open: accept one side's, or enter another.

        One that nobody answered is rated when it is accepted.
        """
        if report.match.pool and awaited_word(report.match) == report:
            return [Button("Accept the report", self.page("accept", report.pk))]
        if report.state not in {ReportState.PENDING, ReportState.DISPUTED}:
            return []
        if report.match.pool is None:
            return []
        buttons = [Button("Accept the report", self.page("accept", report.pk))]
        if report.counter is not None:
            buttons.append(Button("Accept the objection", self.page("objection", report.pk)))
        return [*buttons, Button("Enter another result", self.page("result", report.pk))]

    def accept_view(self, request: HttpRequest, report: Report) -> HttpResponse:
        """The page that asks before the report is accepted."""
        return self._ask_to_decide(request, report, report_claim(report))

    def objection_view(self, request: HttpRequest, report: Report) -> HttpResponse:
        """The page that asks before the objection is accepted."""
        return self._ask_to_decide(request, report, report_counter(report) or report_claim(report))

    def _ask_to_decide(self, request: HttpRequest, report: Report, result: Result) -> HttpResponse:
        words = result_in_words(result, side_names(report.match))
        question = Question(
            f"Decide: {words}?", "The match ends with this result, and ratings move.", "Decide so"
        )
        return self.ask_first(request, report, question, lambda: _decide(report, result))

    def result_view(self, request: HttpRequest, report: Report) -> HttpResponse:
        """The page on which another result is entered."""
        return result_page(
            self, request, report, report.match, lambda result: _decide(report, result)
        )


def _decide(report: Report, result: Result) -> str:
    if report.match.pool is None:
        raise Conflict("This match has a place in a bracket: enter its result there.")
    if report.state == ReportState.SILENT and accept_unanswered(match=report.match):
        return f"Confirmed: {result_in_words(result, side_names(report.match))}."
    decide_report(report_id=report.pk, result=result)
    return f"Decided: {result_in_words(result, side_names(report.match))}."
