"""Makes the dashboards: `python -m deploy.grafana.build` writes `dashboards/*.json`."""

from pathlib import Path

from grafana_foundation_sdk.builders import common, prometheus, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from .questions import DASHBOARDS, Ask

FOLDER = Path(__file__).parent / "dashboards"
_SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
_WIDTH, _HEIGHT = 12, 8


def panel(asked: Ask) -> timeseries.Panel:
    """A question as a picture over time."""
    made = (
        timeseries.Panel()
        .title(asked.question)
        .description(asked.note)
        .datasource(_SOURCE)
        .unit(asked.unit)
        .span(_WIDTH)
        .height(_HEIGHT)
        .min(0)
        .fill_opacity(20 if asked.is_stacked else 5)
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.RIGHT)
            .show_legend(True)
            .calcs(["lastNotNull", "max"])
        )
    )
    if asked.is_stacked:
        made.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    for letter, (expression, legend) in zip("ABCDEFGH", asked.lines, strict=False):
        made.with_target(
            prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(letter)
        )
    return made


def dashboard(title: str, questions: tuple[Ask, ...]) -> str:
    """A dashboard as Grafana reads it."""
    made = (
        Dashboard(title)
        .uid(f"matchpoint-{title.lower()}")
        .tags(["matchpoint"])
        .refresh("30s")
        .time("now-3h", "now")
        .readonly()
    )
    for asked in questions:
        made.with_panel(panel(asked))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def files() -> dict[Path, str]:
    """What each file holds."""
    return {
        FOLDER / f"{title.lower()}.json": dashboard(title, questions)
        for title, questions in DASHBOARDS.items()
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text)
