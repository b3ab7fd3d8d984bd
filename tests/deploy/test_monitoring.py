"""Alerts, their runbook and the dashboards: each is right by itself, and true of a real site."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import promql_parser
import pytest
import yaml

from deploy.grafana import build
from tests.clients import open_socket
from tests.server import ROOT, MatchpointServer, add_pool, new_database, rows
from tests.services import PostgresServer, RedisServer, free_port
from tournament_site.clients.bots import Bot
from tournament_site.clients.site import Site

from .prometheus import CONFIGURATION, Prometheus
from .test_files import run

pytestmark = pytest.mark.deploy

ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load((CONFIGURATION / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
PANELS = {
    (path.stem, panel["title"]): [target["expr"] for target in panel["targets"]]
    for path in sorted(build.FOLDER.glob("*.json"))
    for panel in json.loads(path.read_text())["panels"]
}


def test_promtool_takes_the_configuration_and_the_rules(promtool: Path) -> None:
    run(promtool, "check", "config", CONFIGURATION / "prometheus.yml")
    run(promtool, "check", "rules", "--lint-fatal", CONFIGURATION / "alerts.yml")


def test_each_alert_fires_when_it_should_and_not_before(promtool: Path) -> None:
    tests = CONFIGURATION / "alerts_test.yml"
    run(promtool, "test", "rules", tests)
    tested = {
        rule["alertname"]
        for test in yaml.safe_load(tests.read_text())["tests"]
        for rule in test["alert_rule_test"]
        if rule["exp_alerts"]
    }
    assert tested == set(ALERTS)


def test_each_alert_has_its_lines_in_the_runbook() -> None:
    sections = dict(re.findall(r"^### (\w+)\n\n(.*?)(?=^##|\Z)", RUNBOOK, re.M | re.S))
    assert sections.keys() == ALERTS.keys()
    for name, text in sections.items():
        assert ALERTS[name]["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert re.findall(r"^- \*\*(.+?):\*\*", text, re.M) == ["Means", "Look at", "Do"], name


def test_the_runbook_names_questions_that_a_dashboard_asks() -> None:
    flat = re.sub(r"\s+", " ", RUNBOOK)
    named = re.findall(r"\*(Lobby|Matchmaking|Games|Process) → ([^*]+)\*", flat)
    assert len(named) > 15
    asked = {(title, question.split("?")[0] + "?") for title, question in named}
    assert asked - {(stem.title(), question) for stem, question in PANELS} == set()


def test_the_dashboards_are_what_their_script_makes() -> None:
    made = build.files()
    assert set(build.FOLDER.glob("*.json")) == set(made), "python -m deploy.grafana.build"
    for path, text in made.items():
        assert path.read_text() == text, f"{path.name}: python -m deploy.grafana.build"


def test_every_panel_is_a_question() -> None:
    assert len(PANELS) > 30
    for _, title in PANELS:
        assert title.endswith("?"), title


def at_once(expression: str, *, over: str = "30s") -> str:
    """An expression as Grafana sends it, for a picture of that width."""
    return expression.replace("$__rate_interval", over)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: f"{panel[0]}: {panel[1]}")
def test_an_expression_is_one(panel: tuple[str, str]) -> None:
    for expression in PANELS[panel]:
        promql_parser.parse(at_once(expression))


def names_in(expression: str) -> set[str]:
    """The metrics that an expression reads."""
    found: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector) and node.name:
            found.add(node.name)
        for part in ("expr", "lhs", "rhs", "vector_selector", "param"):
            if (child := getattr(node, part, None)) is not None:
                visit(child)
        for child in getattr(node, "args", None) or ():
            visit(child)

    visit(promql_parser.parse(at_once(expression)))
    return found


def test_the_names_of_an_expression_are_found() -> None:
    expression = 'topk(3, sum by (a) (rate(one_total{x="1"}[5m]))) / (two > 0) or three'
    assert names_in(expression) == {"one_total", "two", "three"}


@pytest.fixture(scope="module")
def watched(prometheus: Path) -> Iterator[Prometheus]:
    """Two processes that have been played on, and a Prometheus that has watched."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer())
        redis = stack.enter_context(RedisServer())
        database = new_database(postgres)
        rows(database, "SELECT setval(pg_get_serial_sequence('matchmaking_pool', 'id'), 100)")
        add_pool(database, "ranked", window_start="5000")
        rows(database, """UPDATE matchmaking_pool SET play_settings = '{"points": 1}'
                          WHERE slug = 'pong'""")  # fmt: skip
        ports = [free_port(), free_port()]
        here, there = (
            stack.enter_context(
                MatchpointServer(
                    server=server,
                    database_url=database,
                    redis_url=redis.url,
                    METRICS_PORT=str(port),
                    STOP_SECONDS="2",
                )
            )
            for server, port in zip(("daphne", "uvicorn"), ports, strict=True)
        )
        watching = stack.enter_context(Prometheus(prometheus, ports))
        asyncio.run(_play(here, there))
        yield watching


async def _play(here: MatchpointServer, there: MatchpointServer) -> None:
    """Queue, talk, play Pong, and pair a Swiss.

    A rate is seen from the second time on that something happens in a process: so several queue.
    """
    one, other = Site(here.url), Site(there.url)
    bots = [Bot(one, "Ann", 1, Random(1)), Bot(other, "Bob", 1, Random(2))]
    async with open_socket(f"{there.socket_url}/ws") as lobby:
        welcome = await lobby.next("welcome")
        await lobby.send("Hello")
        for number in range(9):
            joining = {"username": f"Player {number}", "pool": "ranked"}
            await one.ask("POST", "/matchmaking", joining)
            await asyncio.sleep(1.2)
        async with asyncio.timeout(90), asyncio.TaskGroup() as playing:
            for bot in bots:
                playing.create_task(bot.play_pool("pong", matches=1))
        await lobby.send({"type": "resume", "epoch": welcome["epoch"], "seq": welcome["seq"]})
        swiss = {"players": ["Ann", "Bob", "Cem", "Dan"], "format": "swiss", "rounds": 1}
        await other.ask("POST", "/tournament", swiss)
        await lobby.hush(1)
    await asyncio.sleep(8)


@pytest.mark.services
@pytest.mark.timeout(240)
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: f"{panel[0]}: {panel[1]}")
def test_a_panel_shows_what_happened(watched: Prometheus, panel: tuple[str, str]) -> None:
    for expression in PANELS[panel]:
        found = watched.query(at_once(expression, over="2m"))
        assert any(series["value"][1] != "NaN" for series in found), expression


@pytest.mark.services
def test_alerts_go_by_what_there_is_and_a_site_that_is_well_has_none(watched: Prometheus) -> None:
    for name, rule in ALERTS.items():
        for metric in names_in(rule["expr"]):
            assert watched.query(metric), f"{name}: {metric}"
    assert watched.query('ALERTS{alertstate="firing"}') == []


@pytest.mark.services
def test_a_site_has_a_bounded_number_of_series(watched: Prometheus) -> None:
    [found] = watched.query('max(scrape_samples_scraped{job="matchpoint"})')
    assert 100 < float(found["value"][1]) < 1000
