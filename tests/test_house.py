"""The rules of the house: sizes, names, docstrings, and what no file of it may hold."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

import cicatrix
from cicatrix import vocabulary as v

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "cicatrix"
MODULES = sorted(SOURCE.rglob("*.py"))
#: What is not shipped keeps to the same sizes.
BESIDE = sorted(path for name in ("tests", "benchmarks") for path in (ROOT / name).rglob("*.py"))
MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_of(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


# --- size and names --------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*MODULES, *BESIDE], ids=name_of)
def test_a_file_fits_in_a_head(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES_IN_A_FILE


@pytest.mark.parametrize("path", [*MODULES, *BESIDE], ids=name_of)
def test_a_function_fits_on_a_screen(path):
    long = {
        node.name: lines
        for node in functions_of(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_IN_A_FUNCTION
    }
    assert long == {}


VAGUE_MODULES = {
    "base", "common", "core", "general", "helper", "helpers", "lib", "main", "manager", "misc",
    "other", "shared", "stuff", "things", "tools", "util", "utilities", "utils",
}  # fmt: skip
VAGUE_FUNCTIONS = {
    "compute", "do", "execute", "get", "handle", "manage", "perform", "process", "run", "set",
    "transform", "update",
}  # fmt: skip
VAGUE_ENDINGS = ("Handler", "Helper", "Manager", "Processor", "Service", "Util", "Utils")


@each_module
def test_names_say_what_is_meant(path):
    assert path.stem not in VAGUE_MODULES
    names = {node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)}
    assert not [name for name in names if name.endswith(VAGUE_ENDINGS)]
    # Methods may have to be called as somebody else's interface wants them.
    functions = [node.name for node in tree_of(path).body if isinstance(node, Function)]
    assert not VAGUE_FUNCTIONS & set(functions)


@each_module
def test_everything_public_says_what_it_means(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree), "the module itself"
    assert [node.name for node in public_things(tree.body) if not ast.get_docstring(node)] == []


def public_things(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes, and the public methods of the latter."""
    for node in body:
        if isinstance(node, (*Function.__args__, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_things(node.body)


@each_module
def test_no_switch_changes_what_a_public_function_does(path):
    if path.stem in ("cli", "knowledge_cli"):
        pytest.skip("options of the command line are switches")
    switches = [
        f"{node.name}({given.arg})"
        for node in functions_of(path)
        if not node.name.startswith("_")
        for given in (*node.args.args, *node.args.kwonlyargs)
        if isinstance(given.annotation, ast.Name) and given.annotation.id == "bool"
    ]
    assert switches == []


# --- the floors ------------------------------------------------------------------------------


@pytest.mark.parametrize("checker", ["checker", "checker_of_care"])
def test_a_checker_is_kept_from_every_sibling_there_is(checker):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["id"]: c for c in settings["tool"]["importlinter"]["contracts"]}
    contract = contracts[checker.replace("_", "-")]
    siblings = {f"cicatrix.planning.{path.stem}" for path in (SOURCE / "planning").glob("*.py")} - {
        f"cicatrix.planning.{checker}",
        "cicatrix.planning.__init__",
    }
    assert contract["source_modules"] == [f"cicatrix.planning.{checker}"]
    assert set(contract["forbidden_modules"]) == siblings


def test_no_code_compares_the_name_of_a_treatment():
    """Medical logic is pages: outside the vocabulary no string is the id of a treatment."""
    telling = [
        f"{name_of(path)}:{node.lineno} {node.value}"
        for path in MODULES
        if path.name != "vocabulary.py"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and node.value in v.TREATMENTS
    ]
    # The words of a red flag's `do` are a list of their own; one of them is spelled alike.
    assert [t for t in telling if not t.endswith("_referral")] == []


# --- the front door --------------------------------------------------------------------------


def test_every_name_of_the_front_door_opens():
    for name in cicatrix.__all__:
        assert getattr(cicatrix, name) is not None
    assert set(dir(cicatrix)) == set(cicatrix.__all__)
    with pytest.raises(AttributeError, match="no attribute 'diagnose'"):
        _ = cicatrix.diagnose


def test_the_front_door_opens_no_room_before_it_is_asked():
    code = "import sys, cicatrix; print(sorted(m for m in sys.modules if 'cicatrix.' in m))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_version_is_told_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == cicatrix.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)[1] == cicatrix.__version__


# --- the promised words ----------------------------------------------------------------------

PROMISED = yaml.safe_load((ROOT / "tests/contract/vocabulary.yaml").read_text(encoding="utf-8"))


def grouped(groups) -> dict[str, list[str]]:
    return {group: list(words) for group, words in groups.items()}


@pytest.mark.parametrize(
    ("promised", "ours"),
    [
        (PROMISED["finding_types"], grouped(v.FINDING_GROUPS)),
        (PROMISED["treatments"], grouped(v.TREATMENT_GROUPS)),
        (PROMISED["sites"], list(v.SITES)),
        (PROMISED["sides"], list(v.SIDES)),
        (PROMISED["severities"], list(v.SEVERITIES)),
        (PROMISED["acne_severities"], list(v.ACNE_SEVERITIES)),
        (PROMISED["acne_lesions"], list(v.ACNE_LESIONS)),
        (PROMISED["acne_kinds"], list(v.ACNE_KINDS)),
        (PROMISED["fitzpatrick"], list(v.FITZPATRICK)),
        (PROMISED["verdicts"], [verdict.value for verdict in v.Verdict]),
        (PROMISED["roles"], [role.value for role in v.Role]),
        (PROMISED["cautions"], list(v.CAUTIONS)),
        (PROMISED["earlier_results"], list(v.EARLIER_RESULTS)),
        (PROMISED["wishes"]["avoid"], list(v.AVOIDABLE)),
    ],
)
def test_our_words_are_the_promised_words_in_their_order(promised, ours):
    assert ours == promised


def test_no_promised_list_is_forgotten():
    compared = {
        "finding_types", "treatments", "sites", "sides", "severities", "acne_severities",
        "acne_lesions", "acne_kinds", "fitzpatrick", "verdicts", "roles", "cautions", "wishes",
        "intake", "earlier_results",
    }  # fmt: skip
    assert set(PROMISED) == compared
    assert set(PROMISED["wishes"]) == {"avoid"}


def test_the_intake_asks_for_what_was_promised():
    answers, choices, numbers = set(), {}, set()
    for entries in PROMISED["intake"].values():
        for entry in entries:
            if isinstance(entry, str):
                answers.add(entry)
                continue
            ((name, words),) = entry.items()
            if words == "number":
                numbers.add(name)
            else:
                choices[name] = tuple(word for word in words if word != v.UNKNOWN)
    assert set(v.INTAKE_ANSWERS) == answers
    assert dict(v.INTAKE_CHOICES) == choices
    assert set(v.INTAKE_NUMBERS) == numbers


# --- what is kept out ------------------------------------------------------------------------

TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".lock", ".cff", ".sh", ".lp", ".j2", ".css", ""}
#: Built or fetched, never committed; used where there is no git to ask.
BUILT = {".git", ".venv", ".cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis",
         ".import_linter_cache", "__pycache__", "cicatrix-demo", "build", "dist"}  # fmt: skip


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
        return tuple(path for path in paths if path.is_file())
    return tuple(
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not BUILT & set(path.relative_to(ROOT).parts)
        and path.name != "uv.lock"
    )


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{number}"
        for path in kept_files()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_what_is_built_is_not_kept():
    built = {part for path in kept_files() for part in path.relative_to(ROOT).parts} & BUILT
    assert built == set()


def test_no_file_names_the_host_of_a_package_registry():
    # Written in pieces, so that this file does not name them either.
    hosts = [("py", "pi", "org"), ("python", "hosted", "org"), ("npm", "js", "org"),
             ("npm", "js", "com"), ("deb.", "debian", "org"), ("proxy.", "golang", "org"),
             ("crates", "", "io"), ("repo.maven.", "apache", "org")]  # fmt: skip
    pattern = re.compile("|".join(re.escape(f"{a}{b}.{c}") for a, b, c in hosts))
    assert lines_with(pattern) == []


def test_no_file_names_a_place_on_somebodys_machine():
    # `/tmp` and the like inside a longer path or address are something else.
    pattern = re.compile(r"(?<![\w./:~-])/(?:work|root|home|tmp|Users|mnt|opt)/\w")
    assert lines_with(pattern) == []


def test_the_lock_pins_every_package_and_says_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, flags=re.MULTILINE), "an option of pip"
    entries = [line for line in text.splitlines() if re.match(r"[A-Za-z]", line)]
    assert entries
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", line) for line in entries)


def test_what_is_imported_is_declared():
    """Every package that the shipped code imports is a dependency or an extra."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(settings["dependencies"])
    for extra in settings["optional-dependencies"].values():
        wanted += extra
    declared = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in wanted}
    called_otherwise = {"yaml": "pyyaml", "PIL": "pillow", "skimage": "scikit-image"}
    imported = set()
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    outside = imported - set(sys.stdlib_module_names) - {"cicatrix"}
    assert {called_otherwise.get(name, name).lower() for name in outside} <= declared


def test_what_ships_beside_the_code_is_there():
    for folder, pattern in (
        ("knowledge/pages", "*/*.yaml"),
        ("examples", "*.yaml"),
        ("reporting/fonts", "*.woff2"),
        ("reporting/fonts", "OFL-*.txt"),
        ("reporting/templates", "*.j2"),
        ("reporting/texts", "*.yaml"),
    ):
        assert list((SOURCE / folder).glob(pattern)), f"{folder} is empty"
    assert importlib.import_module("cicatrix.cli").EXAMPLE.is_file()
