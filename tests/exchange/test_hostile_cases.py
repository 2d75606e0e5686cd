"""Case files that attack: what steers a terminal, a browser, another machine, or memory."""

import collections
import csv
import dataclasses
import html.parser
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from cicatrix.capturing import read_scan
from cicatrix.errors import CaseError
from cicatrix.exchange.case_file import read_case
from cicatrix.phantoms import standard_phantom
from cicatrix.reporting.handout import render_handout_html
from cicatrix.reporting.report import render_report_html
from cicatrix.reporting.scars_page import render_scars_html, scars_csv
from cicatrix.visit import first_visit, measure_scan

HEAD = "schema: cicatrix.case/1\n"
FINDING = "findings: [{type: rolling, site: cheek, side: left, count: 3, severity: mild}]\n"
#: The lines of a case with one text of the patient's or the clinic's, by its place.
TEXTS = {
    "name": "name: {}\n",
    "notes": "intake:\n  notes: {}\n",
    "wishes": "wishes:\n  text: {}\n",
    "file": "captures: [{{site: cheek, side: left, file: {}}}]\n",
}
#: As YAML writes them: escape, bell, a C1 control, delete, turned direction, an isolate.
STEERING = ["\\e[31m", "\\a", "\\x9b2J", "\\x7f", "\\u202e", "\\u2066", "\\0"]


def refusal(tmp_path, text, *, name="case.yaml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        read_case(tmp_path / name)
    said = str(refused.value)
    assert all(c.isprintable() for c in said), said
    assert len(said) < 700
    return said


@pytest.mark.parametrize("hidden", STEERING)
@pytest.mark.parametrize("place", TEXTS)
def test_hidden_characters_are_refused_by_their_number(place, hidden, tmp_path):
    said = refusal(tmp_path, HEAD + TEXTS[place].format(f'"harmless{hidden}"'))
    assert "holds a hidden control character (U+" in said
    assert "line " in said


@pytest.mark.parametrize(
    "text", ["müde", "\\uff57ide", "line\\nbreak\\ttab", "نی\\u200cم", "👩\\u200d⚕"]
)
def test_the_scripts_of_the_world_are_welcome(text, tmp_path):
    (tmp_path / "case.yaml").write_text(f'{HEAD}wishes:\n  text: "{text}"\n', encoding="utf-8")
    assert read_case(tmp_path / "case.yaml").wishes.text


@pytest.mark.parametrize(
    "text",
    [
        '"\\e[31mname": 1\n',
        'intake: {"pregnant\\e[2J": yes}\n',
        'intake: {pregnant: "\\e]0;title\\a"}\n',
        'findings: [{type: "\\u202egnillor", site: cheek, side: left}]\n',
        'captures: [{file: a.tif, site: cheek, side: left, unit: "\\e[5m"}]\n',
        'patient: {age: "\\e[5m"}\n',
        'earlier_treatments: [{treatment: subcision, result: "\\e[31mworse"}]\n',
    ],
)
def test_no_message_writes_on_the_terminal(text, tmp_path):
    """``refusal`` asserts that every character of it is printable."""
    assert "\\" in refusal(tmp_path, HEAD + text)


def test_a_file_name_that_steers_is_written_out(tmp_path):
    assert "\\x1b" in refusal(tmp_path, "- a list\n", name="a\x1b[31m.yaml")
    (tmp_path / "b\x1b[31m\u202e.yaml").write_text(HEAD)
    assert read_case(tmp_path / "b\x1b[31m\u202e.yaml").name.isprintable()


BOMBS = {
    "laughs": (
        HEAD + 'a: &a ["ha"]\n' + "".join(f"b{n}: &b{n} [*a,*a,*a,*a]\n" for n in range(9)),
        "uses an anchor or alias",
    ),
    "merge": (HEAD + "patient: {<<: {age: 30}}\n", "knows no field called '<<'"),
    "python": (HEAD + "name: !!python/object/apply:os.system [ls]\n", "uses the tag"),
    "deep": (HEAD + "patient: " + "[" * 5000 + "]" * 5000, "nested deeper than 40 levels"),
    "long": (HEAD + "# " + "x" * 1_100_000, "is larger than 1000 kB"),
    "digits": (HEAD + f"patient: {{age: {'9' * 100_000}}}\n", "finite number"),
    "exponent": (HEAD + "patient: {age: 1e999}\n", "finite number"),
    "no number": ('{"schema": "cicatrix.case/1", "patient": {"age": NaN}}', "needs a number"),
    "endless": ('{"schema": "cicatrix.case/1", "patient": {"age": -Infinity}}', "needs a number"),
    "yaml's own": (HEAD + "patient: {age: .nan}\n", "needs a number"),
    "twins": ('{"schema": "cicatrix.case/1", "name": "a", "name": "b"}', "stands twice"),
    "two": (HEAD + "---\n" + HEAD, "second document"),
    "nothing": (HEAD + 'name: "a\\0b"\n', "U+0000"),
    "half a character": ('{"schema": "cicatrix.case/1", "name": "\\ud800"}', "case.yaml"),
    "findings": (
        HEAD + "findings:\n" + "- {type: rolling, site: cheek, side: left}\n" * 501,
        "at most 500",
    ),
    "captures": (
        HEAD + "captures:\n" + "- {file: a, site: cheek, side: left}\n" * 101,
        "at most 100",
    ),
    "keys": (HEAD + "".join(f"k{n}: 1\n" for n in range(20_000)), "knows no field called 'k0'"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_told_in_one_sentence(bomb, tmp_path):
    text, says = BOMBS[bomb]
    assert says in refusal(tmp_path, text)


ELSEWHERE = ["http://example.org/a.tif", "file:///etc/passwd", "//server/a", "\\\\\\\\server\\\\a"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_capture_lies_on_this_machine(address, tmp_path):
    said = refusal(tmp_path, HEAD + TEXTS["file"].format(f'"{address}"'))
    assert "an address; name a file on this machine" in said


#: What a browser would run, in each way that it could be reached.
MARKUP = (
    "</title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"' onload=\"alert(3)\" <svg/onload=alert(4)>{{7*7}}{% include 'x' %}<!-- -->&lt;b&gt;]]>"
)


class Tags(html.parser.HTMLParser):
    """Every element with the names of its attributes, counted."""

    def __init__(self, text):
        super().__init__()
        self.found = collections.Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found[tag, tuple(sorted(name for name, _ in attrs))] += 1


def pages_of(text, folder, knowledge):
    """The written pages of a case whose every text is this one."""
    quoted = "'" + text.replace("'", "''") + "'"
    words = "".join(TEXTS[place].format(quoted) for place in ("name", "notes", "wishes"))
    folder.mkdir()
    (folder / "case.yaml").write_text(HEAD + FINDING + words, encoding="utf-8")
    plan = first_visit(read_case(folder / "case.yaml"), knowledge=knowledge)
    assert dataclasses.asdict(plan.case.wishes)["text"] == text
    pages = {"report": render_report_html(plan, knowledge=knowledge)}
    for language in ("en", "es"):
        pages[language] = render_handout_html(plan, knowledge=knowledge, language=language)
    return pages


def test_texts_of_a_case_make_no_element_of_a_page(tmp_path, knowledge):
    """The pages have the same elements and attributes, whatever the texts are."""
    plain = pages_of("softer shadows", tmp_path / "plain", knowledge)
    attacked = pages_of(MARKUP, tmp_path / "attacked", knowledge)
    assert set(plain) == set(attacked)
    for name, page in attacked.items():
        assert Tags(page).found == Tags(plain[name]).found, name
        assert "{{7*7}}" in page or "7*7" not in page, name
    assert "alert(1)" in attacked["report"]  # else the texts were not in it at all


def test_the_name_of_a_scan_makes_no_element_of_a_page(tmp_path, knowledge):
    """A file may be called anything but /; the pictures stand in the page as SVG."""
    pages = {}
    for name in ("cheek.npy", "<img src=x onerror=alert(1)>\"'<svg onload=alert(2)>&.npy"):
        np.save(tmp_path / name, standard_phantom(501).height_map.height_mm)
        scan = read_scan(tmp_path / name, pitch_mm=0.06, unit="mm")
        measured = measure_scan(scan, knowledge=knowledge)
        pages[name] = render_scars_html(measured, knowledge=knowledge)
        # No text of anybody's stands in the table, so no cell can begin with a formula.
        cells = {cell for row in csv.reader(scars_csv(measured).splitlines()[1:]) for cell in row}
        assert all(re.fullmatch(r"[a-z_ ]*|-?[\d.]+(e-?\d+)?", cell) for cell in cells), cells
    plain, attacked = pages.values()
    assert Tags(attacked).found == Tags(plain).found
    assert "alert(1)" in attacked


def test_a_pipe_that_nobody_writes_into_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "case.yaml")
    with pytest.raises(CaseError, match="is a pipe, not a file"):
        read_case(tmp_path / "case.yaml")


def test_what_a_shell_pipes_in_is_read():
    run = subprocess.run(
        [sys.executable, "-c",
         "from cicatrix.exchange.case_file import read_case; print(read_case('/dev/stdin').name)"],
        input=HEAD + "name: piped\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stdout == "piped\n", run.stderr
