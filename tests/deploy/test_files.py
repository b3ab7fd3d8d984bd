"""Each file of `deploy/` is right by the program that reads it, and they agree with one another."""

import re
import subprocess
import tomllib
from pathlib import Path
from string import Template

import pytest
import yaml

from tests.conftest import require
from tests.server import ROOT

from .nginx import Nginx

pytestmark = pytest.mark.deploy

DEPLOY = ROOT / "deploy"
UNITS = [file for file in sorted(DEPLOY.glob("systemd/*")) if file.suffix != ".env"]
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
VERSION = PROJECT["project"]["version"]
#: Of systemd's ten, what it finds exposed: 9.6 without any hardening.
MOST_EXPOSURE = 1.5


def run(program: Path | str, *arguments: Path | str) -> str:
    """What a program prints, which must end well."""
    done = subprocess.run([program, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_nginx_takes_its_configuration(nginx: Path) -> None:
    with Nginx(nginx) as front:
        assert front.check() == ""


def test_gixy_finds_nothing_in_it() -> None:
    found = run(require("gixy"), "--level", DEPLOY / "nginx" / "nginx.conf")
    assert "No issues found" in found


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_a_compose_file_is_one(file: Path) -> None:
    run(require("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", file)


def test_hadolint_finds_nothing_in_the_container_file() -> None:
    assert run(require("hadolint"), "--failure-threshold", "style", DEPLOY / "Containerfile") == ""


def test_the_image_has_every_package_that_runs() -> None:
    packages = set(PROJECT["tool"]["importlinter"]["root_packages"]) - {"tests", "clients"}
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = {line.split()[1] for line in lines if re.match(r"COPY \w+ ", line)}
    assert packages <= copied


def test_systemd_takes_the_units(systemd_analyze: Path) -> None:
    assert run(systemd_analyze, "verify", "--man=no", *UNITS) == ""


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_locked_in(systemd_analyze: Path, unit: Path) -> None:
    most = f"--threshold={MOST_EXPOSURE * 10:.0f}"
    run(systemd_analyze, "security", "--offline=yes", most, unit)


def test_services_are_locked_in_alike() -> None:
    hardened = {
        unit: set(re.findall(r"^(?:Protect|Private|Restrict|No|Lock|System).*$", text, re.M))
        for unit in SERVICES
        for text in [unit.read_text()]
    }
    assert len({frozenset(each) for each in hardened.values()}) == 1, hardened


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_every_container_is_locked_in_and_watched(file: Path) -> None:
    compose = yaml.safe_load(file.read_text())
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "mem_limit" in service, name
        is_once = service["restart"] == "no"
        is_ours = service["image"] == f"matchpoint:{VERSION}"
        assert is_once or is_ours or "healthcheck" in service, name
        assert ":latest" not in service["image"], name
        assert re.search(r":v?\d+\.\d+", service["image"]), f"{name}: no version"


def test_compose_gives_secrets_by_file_only() -> None:
    for file in COMPOSE:
        compose = yaml.safe_load(file.read_text())
        for service in compose["services"].values():
            for variable in service.get("environment", {}):
                is_secret = re.search("SECRET|PASSWORD|DATABASE_URL", variable)
                assert not is_secret or variable.endswith(("_FILE", "__FILE")), variable


def test_the_processes_of_compose_are_those_of_nginx() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    web = {name: service for name, service in compose.items() if name.startswith("web")}
    listed = re.findall(r"server ([\d.]+:\d+)", compose["nginx"]["environment"]["SITE_PROCESSES"])
    assert listed == [
        f"{service['networks']['site']['ipv4_address']}:{service['environment']['PORT']}"
        for service in web.values()
    ]
    assert (
        compose["web1"]["environment"]["TRUSTED_PROXIES"]
        == (compose["nginx"]["networks"]["site"]["ipv4_address"])
    )


def test_every_file_has_the_version_of_the_product() -> None:
    named = {
        file.name: set(re.findall(r"matchpoint:(\d[\w.]*)|VERSION=(\d[\w.]*)", file.read_text()))
        for file in [DEPLOY / "Containerfile", *COMPOSE]
    }
    for name, versions in named.items():
        assert {first or second for first, second in versions} == {VERSION}, name
    assert f"/opt/matchpoint/{VERSION}" in (ROOT / "docs" / "operating.md").read_text()


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_what_a_compose_file_mounts_is_there(file: Path) -> None:
    services = yaml.safe_load(file.read_text())["services"].values()
    mounts = [mount for service in services for mount in service.get("volumes", ())]
    for mount in mounts:
        if mount.startswith("./"):
            assert (DEPLOY / mount.partition(":")[0]).exists(), mount


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_nginx_takes_what_a_container_makes_of_the_templates(nginx: Path, file: Path) -> None:
    given = yaml.safe_load(file.read_text())["services"]["nginx"]["environment"]
    variables = given | {"SITE_HOST": "play.example.org", "ADMIN_FROM": "192.0.2.0/24"}
    with Nginx(nginx) as front:
        for template in (DEPLOY / "nginx" / "compose").glob("*.template"):
            text = Template(template.read_text()).substitute(variables)
            (front.folder / "site" / template.stem).write_text(text)
        assert front.check() == ""


def test_what_the_page_for_operators_names_is_there() -> None:
    named = set(re.findall(r"\bdeploy/[\w./@-]*\w", (ROOT / "docs" / "operating.md").read_text()))
    assert len(named) > 8
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
