"""Nothing is downloaded but from the Python and npm registries, and Debian's packages where .ci/run asks for them."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from crm_app.build import frontend_environment

ROOT = Path(__file__).parents[2]
STEPS = [ROOT / name for name in ("Makefile", ".ci/run", "pyproject.toml", "rxconfig.py", "reflex.lock/package.json")]
STEPS += [ROOT / "crm_app" / f"{name}.py" for name in ("build", "starting", "serve")]
HERE = ("localhost", "127.0.0.1", "{host}")
ADDRESS = re.compile(r"\b(?:https?|ftp|ssh|git)(?:\+\w+)?://([^\s/:'\"`)\\$]+)")
FETCHES = re.compile(
    r"\b(?:curl|wget|npx(?!\", \"--no-install)|git\s+(?:clone|fetch|submodule)|docker|playwright\s+install|git\+\w+)\b"
)
CLIENTS = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "urllib.request", "urllib3"}
CALLERS = {
    "crm_app/bench/site.py": {"urllib.request"},  # the health of the server that it measures
    "search/meili/engine.py": {"requests"},  # the one that KITH_SEARCH_URL names
}


@pytest.mark.parametrize("path", STEPS, ids=lambda p: p.name)
def test_no_step_names_a_host_or_fetches(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [host for host in ADDRESS.findall(text) if host not in HERE] == []
    assert FETCHES.findall(text) == []


def test_pip_installs_what_is_locked_by_hash_and_this_tree() -> None:
    steps = (ROOT / "Makefile").read_text().splitlines() + (ROOT / ".ci/run").read_text().splitlines()
    installs = [line.strip() for line in steps if "pip install" in line]
    assert len(installs) == 3
    for line in installs:
        locked = re.search(r"--require-hashes -r (requirements[\w-]*\.lock)$", line)
        assert "--no-deps" in line, line
        assert (ROOT / locked[1]).is_file() if locked else line.endswith("--no-build-isolation -e ."), line


def test_debian_gives_packages_by_their_names() -> None:
    text = (ROOT / ".ci/run").read_text()
    assert re.findall(r"apt(?:-get)? ([a-z-]+)", text) == ["update", "install"]
    wanted = re.findall(r"^need (\S+)", text, re.MULTILINE)
    assert len(wanted) > 3 and all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in wanted)


def test_python_packages_are_asked_for_by_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"]["optional-dependencies"].values():
        asked += extra
    assert len(asked) > 20 and [one for one in asked if re.search(r"\s@\s|://|^\.", one)] == []
    assert {"uv", "poetry", "pip"} & project.get("tool", {}).keys() == set(), "an index could stand there"


def test_npm_packages_come_from_the_registry_and_run_nothing() -> None:
    """Pinned to the byte, by version; a script at the installation could fetch anything."""
    packages = json.loads((ROOT / "reflex.lock/package-lock.json").read_text())["packages"]
    assert len(packages) > 100
    for name, package in packages.items():
        wanted = {**package.get("dependencies", {}), **package.get("optionalDependencies", {})}
        assert not [spec for spec in wanted.values() if re.search(r"^(?:git|github|file|link|https?):|/", spec)], name
        if name:  # but for the pages themselves
            assert re.fullmatch(r"\d+\.\d+\.\d+[\w.+-]*", package["version"]), name
            assert package["integrity"].startswith("sha512-"), name
            assert not package.get("hasInstallScript") and not package.get("link"), name


def test_npm_and_reflex_ask_one_registry_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://localhost:1/")
    told = frontend_environment()
    assert "NPM_CONFIG_REGISTRY" not in told, "the one that was chosen stays"
    assert {told[f"NPM_CONFIG_{name}"] for name in ("AUDIT", "FUND", "UPDATE_NOTIFIER")} == {"false"}
    assert {told[f"REFLEX_{name}"] for name in ("TELEMETRY_ENABLED", "CHECK_LATEST_VERSION")} == {"false"}
    assert told["REFLEX_USE_NPM"] == "1", "bun would be downloaded"


def test_pages_and_styles_name_no_other_host() -> None:
    """What a browser fetches; `kith bench transfer` counts it on every page."""
    shown = [p for p in (ROOT / "assets").rglob("*") if p.suffix in {".css", ".js", ".svg", ".webmanifest"}]
    shown += [p for p in (ROOT / "crm_app").rglob("*") if p.suffix in {".js", ".jsx"}]
    assert len(shown) > 20
    named = {p.name: set(ADDRESS.findall(p.read_text(encoding="utf-8"))) - {*HERE, "www.w3.org"} for p in shown}
    assert {name: hosts for name, hosts in named.items() if hosts} == {}


def test_the_program_calls_nobody() -> None:
    """No client for the network is imported but where it is known whom it asks."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "crm_app").rglob("*.py"), *(ROOT / "search").rglob("*.py")]:
        names, text = set[str](), path.read_text(encoding="utf-8")
        if not any(client.partition(".")[0] in text for client in CLIENTS):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        if met := {client for client in CLIENTS for name in names if f"{name}.".startswith(f"{client}.")}:
            found[str(path.relative_to(ROOT))] = met
    assert found == CALLERS
