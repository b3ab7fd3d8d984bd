"""The organiser's pages in a real Chromium: they follow the tournament and lose no input."""

from .clients import send
from .server import MatchpointServer
from .test_pages import Meet, chrome, meet, pytestmark, site

__all__ = ["chrome", "meet", "pytestmark", "site"]


def test_the_manage_page_shows_what_others_do_but_keeps_input_that_is_not_sent(
    meet: Meet, site: MatchpointServer
) -> None:
    olga = meet()
    olga.page.goto("/tournaments/new")
    olga.page.fill("#id_organiser", "Olga")
    olga.page.fill("#id_name", "Friday Cup")
    olga.page.fill("#id_players", "Ann\nBob\nCem\nDan")
    olga.page.select_option("#id_entry", "open")
    olga.page.click('button[name="draft"]')
    olga.page.wait_for_url("**/tournaments/*-*")
    path = olga.page.url.split("?")[0].removeprefix(site.url)
    olga.page.goto(f"{path}/manage")
    olga.page.click("text=Open registration")
    olga.see('#connection[data-state="live"]')
    eve = send(site.url, "POST", "/matchmaking", {"username": "Eve"}).json["token"]
    assert send(site.url, "POST", f"/api{path}/entrants", {}, token=eve).status == 201
    olga.see("#seed-rows >> text=Eve")
    olga.see("#seed-rows .row:nth-child(5) .row-handle")  # drawn anew, and ready for use
    olga.page.fill("#id_lines", "Gus")
    fay = send(site.url, "POST", "/matchmaking", {"username": "Fay"}).json["token"]
    assert send(site.url, "POST", f"/api{path}/entrants", {}, token=fay).status == 201
    olga.see("#manage-news")
    assert olga.page.input_value("#id_lines") == "Gus"
    assert olga.page.locator("#seed-rows >> text=Fay").count() == 0
    olga.page.click("#manage-reload")
    olga.see("#seed-rows >> text=Fay")
    assert olga.page.locator("#manage-news").is_hidden()
