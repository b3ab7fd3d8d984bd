"""The dashboards: each panel is a question that an operator asks, with what answers it.

`RATE` is the time over which Grafana takes a rate: as long as a point of the picture is wide.
"""

from dataclasses import dataclass

RATE = "$__rate_interval"
_IN_TIME = '{le="0.0167"}'


@dataclass(frozen=True)
class Ask:
    """One panel: lines in a unit, each with its name."""

    question: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    note: str = ""
    is_stacked: bool = False


def rate(name: str, by: str = "", where: str = "") -> str:
    """How much a second, summed over the processes but for these labels."""
    return f"sum{f' by ({by})' if by else ''} (rate(matchpoint_{name}{where}[{RATE}]))"


def quantile(share: float, name: str, by: str = "", where: str = "") -> str:
    """What so large a share stays below."""
    labels = f"{by}, le" if by else "le"
    return f"histogram_quantile({share}, {rate(f'{name}_bucket', labels, where)})"


def quantiles(name: str, by: str = "", where: str = "") -> tuple[tuple[str, str], ...]:
    """The middle, and what one in a hundred exceeds."""
    legend = f"{{{{{by}}}}} " if by else ""
    return (
        (quantile(0.5, name, by, where), f"{legend}half of them"),
        (quantile(0.99, name, by, where), f"{legend}99 %"),
    )


LOBBY = (
    Ask(
        "How many sockets are open?",
        "short",
        (("sum by (kind) (matchpoint_sockets_open)", "{{kind}}"),),
        "A browser in the lobby has one, and one for each match or tournament that it watches.",
        is_stacked=True,
    ),
    Ask(
        "How many people come and go?",
        "cps",
        (
            (rate("sockets_opened_total"), "come"),
            (rate("socket_closes_total"), "go"),
        ),
        "Equal and high: they are thrown out and come back.",
    ),
    Ask(
        "How many messages go out, and come in?",
        "mps",
        (
            (rate("frames_sent_total"), "out, each socket's counted"),
            (rate("frames_received_total"), "in"),
        ),
    ),
    Ask(
        "How late do events arrive, and which way?",
        "s",
        (
            *quantiles("relay_lag_seconds"),
            (quantile(0.95, "relay_lag_seconds", "way"), "{{way}} 95 %"),
        ),
        "From an event's commit to its sockets. Found: no announcement came by Redis.",
    ),
    Ask(
        "Why do sockets close?",
        "cps",
        ((rate("socket_closes_total", "code"), "{{code}}"),),
        "1000, 1001, 1005: people leave. 1006: a connection broke. 1012: a process restarts. "
        "4408: a client reads too slowly. 4429: too many from one. docs/protocol.md has all.",
        is_stacked=True,
    ),
    Ask(
        "Do those who come back go on where they were?",
        "cps",
        ((rate("resumes_total", "result"), "{{result}}"),),
        "A snapshot: they were away for longer than the log reaches back.",
    ),
    Ask(
        "How many requests share a commit?",
        "short",
        (
            (
                f"{rate('batch_items_sum', 'batch')} / {rate('batch_items_count', 'batch')}",
                "{{batch}}",
            ),
        ),
        "One when it is quiet, up to 64 under load.",
    ),
    Ask(
        "How long does a commit keep people waiting?",
        "s",
        quantiles("batch_seconds", "batch"),
    ),
)

MATCHMAKING = (
    Ask(
        "How many wait, in which pool?",
        "short",
        (("max by (pool) (matchpoint_queue_length)", "{{pool}}"),),
        is_stacked=True,
    ),
    Ask(
        "How long has the longest been waiting?",
        "s",
        (("max by (pool) (matchpoint_queue_oldest_seconds)", "{{pool}}"),),
    ),
    Ask(
        "How long do people wait for a match?",
        "s",
        quantiles("match_wait_seconds", "pool"),
        "Of those who got one.",
    ),
    Ask(
        "How many players find a match?",
        "cpm",
        ((f"60 * {rate('match_wait_seconds_count', 'pool')}", "{{pool}}"),),
        is_stacked=True,
    ),
    Ask(
        "How well do the sides fit?",
        "short",
        quantiles("match_rating_gap", "pool"),
        "Points of rating between the sides; only pools that go by ratings. 100 points: 64 to 36.",
    ),
    Ask(
        "How many matches and tournaments are under way?",
        "short",
        (
            ("max(matchpoint_matches_open)", "matches"),
            ("max(matchpoint_tournaments_running)", "tournaments"),
        ),
    ),
    Ask(
        "How quickly is a join answered?",
        "s",
        quantiles("http_request_seconds", where='{view="matchmaking"}'),
    ),
    Ask(
        "How long do rounds of a Swiss take to pair?",
        "s",
        (
            (
                f"{rate('swiss_pairing_seconds_sum', 'result')}"
                f" / ({rate('swiss_pairing_seconds_count', 'result')} > 0)"
                f" or {rate('swiss_pairing_seconds_count', 'result')}",
                "{{result}}, on average",
            ),
        ),
        "0 where none was paired. Timeout: the organiser was offered the quick pairing.",
    ),
)

GAMES = (
    Ask(
        "How many matches does each process run?",
        "short",
        (("sum by (instance, game) (matchpoint_rooms_open)", "{{instance}} {{game}}"),),
        "One process runs 800 to 1,000 of Pong.",
        is_stacked=True,
    ),
    Ask(
        "How many games end?",
        "cpm",
        ((f"60 * {rate('games_ended_total', 'game')}", "{{game}}"),),
        is_stacked=True,
    ),
    Ask(
        "How late are the games?",
        "s",
        quantiles("step_late_seconds", "instance"),
        "A step is due every 17 ms. People notice from about two steps on.",
    ),
    Ask(
        "How many steps are a whole step late?",
        "percentunit",
        (
            (
                f"1 - {rate('step_late_seconds_bucket', 'instance', _IN_TIME)}"
                f" / {rate('step_late_seconds_count', 'instance')}",
                "{{instance}}",
            ),
        ),
    ),
    Ask(
        "How many people play and watch?",
        "short",
        (('sum by (instance) (matchpoint_sockets_open{kind="match"})', "{{instance}}"),),
        is_stacked=True,
    ),
    Ask(
        "Does anything hold the games up?",
        "s",
        ((quantile(0.99, "loop_late_seconds", "instance"), "{{instance}} loop, 99 %"),),
        "The event loop runs all games of a process.",
    ),
)

PROCESS = (
    Ask(
        "How many alerts fire?",
        "short",
        (('count(ALERTS{alertstate="firing"}) or vector(0)', "alerts"),),
        "docs/runbook.md says what to do about each.",
    ),
    Ask(
        "Which version runs where?",
        "short",
        (
            (
                "count by (instance, version, python) (matchpoint_build_info)",
                "{{instance}} {{version}}, Python {{python}}",
            ),
        ),
        is_stacked=True,
    ),
    Ask(
        "How much of its core does each process use?",
        "percentunit",
        ((f'rate(process_cpu_seconds_total{{job="matchpoint"}}[{RATE}])', "{{instance}}"),),
        "A process uses one core. From 85 % on it needs company.",
    ),
    Ask(
        "How much memory does each process have?",
        "bytes",
        (('process_resident_memory_bytes{job="matchpoint"}', "{{instance}}"),),
    ),
    Ask(
        "How near is each process to its limits?",
        "percentunit",
        (
            (
                'process_open_fds{job="matchpoint"} / process_max_fds{job="matchpoint"}',
                "{{instance}} open files",
            ),
        ),
    ),
    Ask(
        "How late is each event loop?",
        "s",
        quantiles("loop_late_seconds", "instance"),
        "What keeps it busy delays everybody on that process.",
    ),
    Ask(
        "Which answers do people get?",
        "reqps",
        ((rate("http_requests_total", "status"), "{{status}}"),),
        "4xx: what they asked for cannot be done. 5xx: this site's fault.",
        is_stacked=True,
    ),
    Ask(
        "Which views take the time?",
        "percentunit",
        ((f"topk(8, {rate('http_request_seconds_sum', 'view')})", "{{view}}"),),
        "Seconds of each second that somebody waits for it.",
    ),
    Ask(
        "Which views are slow?",
        "s",
        ((f"topk(8, {quantile(0.95, 'http_request_seconds', 'view')})", "{{view}} 95 %"),),
    ),
    Ask(
        "How long does the database take?",
        "s",
        quantiles("database_query_seconds"),
        "For a statement; with commits see the Lobby.",
    ),
    Ask(
        "How much is asked of the database?",
        "ops",
        ((rate("database_query_seconds_count", "instance"), "{{instance}} statements"),),
        is_stacked=True,
    ),
    Ask(
        "Are there enough connections to the database?",
        "short",
        (
            ("matchpoint_database_pool_limit", "{{instance}} may have"),
            (
                "matchpoint_database_pool_size - matchpoint_database_pool_available",
                "{{instance}} uses",
            ),
            ("matchpoint_database_pool_waiting", "{{instance}} threads that wait"),
        ),
        "DATABASE_POOL. With SQLite there is nothing to see.",
    ),
    Ask(
        "Is the database ever away?",
        "cps",
        ((rate("outages_total", "code"), "{{code}}"),),
        "Requests that met it.",
    ),
    Ask(
        "Who is refused as too many?",
        "cps",
        ((rate("rate_limited_total", "kind"), "{{kind}}"),),
        "passwords and codes: somebody guesses.",
        is_stacked=True,
    ),
    Ask(
        "Who does the periodic duties?",
        "short",
        (("matchpoint_lease_held > 0", "{{instance}} {{duty}}"),),
        is_stacked=True,
    ),
    Ask(
        "When was each duty done last?",
        "s",
        (
            (
                "time() - max by (duty) (matchpoint_duty_last_done_timestamp_seconds)",
                "{{duty}}: ago",
            ),
            (rate("duty_failures_total", "duty"), "{{duty}}: failures a second"),
        ),
    ),
    Ask(
        "How do webhooks go?",
        "cps",
        ((rate("webhook_attempts_total", "result"), "{{result}}"),),
    ),
    Ask(
        "Which webhooks are behind?",
        "short",
        (
            ("max(matchpoint_webhook_backlog)", "facts that the furthest behind lacks"),
            ("max by (state) (matchpoint_webhook_endpoints)", "{{state}}"),
            ("max(matchpoint_webhook_failing_seconds)", "seconds that one has been failing"),
        ),
    ),
)

DASHBOARDS = {"Lobby": LOBBY, "Matchmaking": MATCHMAKING, "Games": GAMES, "Process": PROCESS}
