"""What a clinician scored is shown to both readers with its doubts, and nothing is made up."""

import pytest
from rich.console import Console
from tests.reporting.rendered import tree_of
from tests.test_patients import plan_of

from cicatrix.exchange.plan_json import plan_json
from cicatrix.knowledge import load_knowledge
from cicatrix.reporting import render_handout_html, render_report_html
from cicatrix.reporting.terminal import print_plan

PLAN = "scored-by-hand"
KNOWLEDGE = load_knowledge()


def handout_lines(language):
    """The rows of the handout's scores, as text."""
    html = render_handout_html(plan_of(PLAN), knowledge=KNOWLEDGE, language=language)
    (section,) = [
        s for s in tree_of(html).all("section") if s.attributes["aria-labelledby"] == "scored"
    ]
    return [" ".join(row.text().split()) for row in section.all("tr")[1:]]


@pytest.mark.parametrize(
    ("language", "whole", "part", "unseen"),
    [
        ("en", "30 of 44", "2 of 3 parts were scored, so there is no full score yet.",
         "not yet checked in print"),
        ("es", "30 de 44", "Se puntuaron 2 de 3 partes; aún no hay nota completa.",
         "aún no se ha comprobado"),
    ],
)  # fmt: skip
def test_the_handout_tells_each_score_and_what_is_not_whole(language, whole, part, unseen):
    lines = handout_lines(language)
    assert len(lines) == 7
    (gags,) = [line for line in lines if "GAGS" in line]
    (scar_s,) = [line for line in lines if "SCAR-S" in line]
    (vancouver,) = [line for line in lines if "Vancouver" in line]
    assert whole in gags
    assert unseen not in gags
    assert part in scar_s
    assert unseen in scar_s
    assert unseen in vancouver  # the bands of height were not seen in print


def test_the_handout_names_no_severity_and_no_item_in_the_wrong_language():
    told = " ".join(handout_lines("es")).lower()
    for word in ("moderate", "severe", "chest", "upper back", "scored"):
        assert word not in told


def test_nothing_stands_in_the_handout_where_nobody_scored():
    html = render_handout_html(plan_of("rolling-tethered"), knowledge=KNOWLEDGE, language="en")
    assert 'id="scored"' not in html


def test_the_report_shows_points_scar_and_bounds():
    html = render_report_html(plan_of(PLAN), knowledge=KNOWLEDGE)
    rows = [" ".join(row.text().split()) for row in tree_of(html).all("tr")]
    (gags,) = [row for row in rows if row.startswith("Global Acne Grading System")]
    assert "30 of 44" in gags
    assert "Chest and upper back 4 × 3" in gags
    (scar_s,) = [row for row in rows if row.startswith("Scale for Acne Scar Severity")]
    assert "at least 5 of 15" in scar_s
    assert "2 of 3 scored; the total lies between 5 and 10" in scar_s
    assert scar_s.endswith("Back")
    (posas,) = [row for row in rows if row.startswith("Patient and Observer")]
    assert "chest: upper" in posas
    (vancouver,) = [row for row in rows if row.startswith("Vancouver")]
    assert "Height 2 †" in vancouver


def test_the_terminal_says_which_item_nobody_saw_in_print():
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as told:
        print_plan(plan_of(PLAN), knowledge=KNOWLEDGE, console=console, view="brief")
    text = told.get()
    assert "not seen in print: Height" in text
    assert "the total lies" in text
    assert "given by a clinician" in text


def test_json_tells_points_and_doubt_of_each_item():
    grades = {g["scale"]: g for g in plan_json(plan_of(PLAN), knowledge=KNOWLEDGE)["grades"]}
    vancouver = grades["vancouver"]
    assert (vancouver["value"], vancouver["max"], vancouver["verified"]) == (9, 13, False)
    assert {one["item"]: one["verified"] for one in vancouver["entered"]} == {
        "vascularity": True, "pigmentation": True, "pliability": True, "height": False,
    }  # fmt: skip
    assert (vancouver["site"], vancouver["side"], vancouver["scar"]) == ("chest", "middle", None)
    scar_s = grades["scar_s"]
    assert (scar_s["value"], scar_s["bounds"], scar_s["items"]) == (None, [5, 10], 3)
    assert scar_s["missing"] == ["Back"]
