"""The first page is true: its lines of Python run, its commands and links are there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cicatrix import vocabulary as v
from cicatrix.cli import EXAMPLE, EXAMPLE_SCAN, app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The block of Python, run as a reader would run it after ``make demo``."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "cicatrix-demo").mkdir()
    shutil.copy(EXAMPLE, folder / "cicatrix-demo" / "case.yaml")
    shutil.copy(EXAMPLE_SCAN, folder / "cicatrix-demo")
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS["python"]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done, folder / "cicatrix-demo"


def test_the_python_is_ten_lines():
    statements = [line for line in BLOCKS["python"].splitlines() if line.strip()]
    assert len(statements) <= 10


def test_the_python_tells_a_verdict_for_every_treatment(ran):
    told = [line.split()[:2] for line in ran[0].stdout.splitlines()]
    decided = [name for verdict, name in told if verdict in set(v.Verdict)]
    assert decided == list(v.TREATMENTS)


def test_the_python_tells_proven_courses(ran):
    courses = [line for line in ran[0].stdout.splitlines() if " sessions: " in line]
    assert courses
    assert all(line.endswith("optimal") for line in courses)


def test_the_python_writes_the_spanish_handout(ran):
    kinds = {path.suffix for path in ran[1].iterdir()} - {".yaml", ".x3p"}
    assert kinds == {".html", ".pdf"}
    (page,) = ran[1].glob("*.html")
    assert 'lang="es"' in page.read_text(encoding="utf-8")[:400]


def test_every_make_target_that_the_docs_name_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.MULTILINE))
        assert named <= targets, page.name


def test_every_command_that_the_readme_names_exists():
    commands = {command.name for command in app.registered_commands}
    commands |= {group.name for group in app.registered_groups}
    assert set(re.findall(r"`cicatrix ([a-z]+)", README)) <= commands


@pytest.mark.parametrize(
    "page",
    ["README.md", "CONTRIBUTING.md", *sorted(
        path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")
    )],
)  # fmt: skip
def test_every_link_leads_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text) + re.findall(r'src="([^"]+)"', text)
    near = [link for link in links if "://" not in link]
    missing = [link for link in near if not ((ROOT / page).parent / link).exists()]
    assert missing == []
