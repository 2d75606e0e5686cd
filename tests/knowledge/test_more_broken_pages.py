"""More mistakes in pages, made by changing one place of a sound page.

Short pages with a mistake stand in ``broken/``. Treatment pages are long, so they are spoiled
here, and so is what cannot be stored as a readable page: bytes, endless nesting, a huge file.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from cicatrix.knowledge.loader import FOLDERS, PAGES, Shelf

RULE = "rules/isotretinoin-full-resurfacing"
GAP = "combinations/default-gap"
LASER = "treatments/fractional_co2_laser"
POLISH = "treatments/microdermabrasion"
SCALE = "scales/gea"
FILLER = "treatments/calcium_hydroxylapatite_filler"

Spoil = Callable[[str], str]


def instead(old: str, new: str) -> Spoil:
    """One piece of the text replaced, at its first place."""

    def spoil(text: str) -> str:
        assert old in text, "the sound page has changed; mend this test"
        return text.replace(old, new, 1)

    return spoil


def without(first: str, *, lines: int) -> Spoil:
    """A number of lines left out, from the one that begins so."""

    def spoil(text: str) -> str:
        kept = text.splitlines()
        start = next(n for n, line in enumerate(kept) if line.startswith(first))
        return "\n".join([*kept[:start], *kept[start + lines :]]) + "\n"

    return spoil


def line_of(page: str, words: str) -> int:
    """The line of the sound page on which some words first stand."""
    lines = (PAGES / f"{page}.yaml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if words in line)


#: What is spoiled on which page; the line (by its number or its words) and what is said of it.
MISTAKES: dict[str, tuple[str, Spoil, tuple[int | str, str]]] = {
    "defers without until": (
        RULE,
        without("until:", lines=6),
        (1, "defers, so it must say until when ('until')"),
    ),
    "gap missing": (
        GAP,
        without("gap_weeks:", lines=8),
        (1, "is of kind 'gap', so it needs 'gap_weeks'"),
    ),
    "case with a wrong verdict word": (
        RULE,
        instead("verdict: suitable}", "verdict: fine}"),
        ("isotretinoin_stopped_months: 6}, verdict", "is 'fine', not one of suitable"),
    ),
    "text names a value that is not there": (
        RULE,
        instead("{wait} months away", "{weight} months away"),
        (1, "names {weight} in a text but does not give its value"),
    ),
    "threshold without unit": (
        RULE,
        instead("    unit: months\n", ""),
        ("  wait:", "values.wait has no unit"),
    ),
    "half of an answer": (
        RULE,
        instead("isotretinoin: current", "isotretinoin: now"),
        ("isotretinoin: current", "'isotretinoin' is never 'now'"),
    ),
    "interval missing": (
        POLISH,
        without("  interval_weeks:", lines=6),
        ("schedule:", "has more than one session, so it needs 'interval_weeks'"),
    ),
    "sessions out of order": (
        POLISH,
        instead("    typical: 6", "    typical: 60"),
        ("  sessions:", "needs low <= typical <= high"),
    ),
    "a need that no case file holds and no words tell": (
        SCALE,
        without("needs_told:", lines=4),
        (1, "needs 'gea_grade', and 'needs_told' does not say it in words"),
    ),
    "a scale that does not add up": (
        "scales/vancouver",
        instead("points: [0, 1, 2]", "points: [0, 1, 3]"),
        (1, "reaches 14 with every item at its most, and 'maximum' says 13"),
    ),
    "a word too few": (
        "scales/vancouver",
        instead("words: [normal, pink, red, purple]", "words: [normal, pink, red]"),
        ("id: vascularity", "has 3 words for 4 points; give a word for each"),
    ),
    "scored, and not told to patients": (
        SCALE,
        without("plain:", lines=3),
        (1, "may be entered, and 'plain' does not say to patients what it is"),
    ),
    "scored without points": (
        "scales/posas_observer",
        instead("    points: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n", ""),
        (1, "may be entered, and 'vascularity' has no points to choose from"),
    ),
    "half a session": (
        POLISH,
        instead("    typical: 6", "    typical: 6.5"),
        ("    typical: 6", "needs a whole number"),
    ),
    "nobody counted, yet a number": (
        POLISH,
        instead(
            "    basis: uncounted", "    basis: uncounted\n    percent_low: 1\n    percent_high: 2"
        ),
        ("- event: hyperpigmentation", "is 'uncounted' exactly when it has no percentages"),
    ),
    "bands that do not add up": (
        FILLER,
        instead("share_percent: 22", "share_percent: 12"),
        ("    result:", "has bands whose shares do not add up to 100 percent"),
    ),
    "a share above all": (
        FILLER,
        instead("share_percent: 22", "share_percent: 122"),
        ("share_percent: 22", "is 122, and must be at most 100"),
    ),
    "a kind of result without its fields": (
        FILLER,
        instead("kind: bands", "kind: mean_percent"),
        ("    result:", "lacks the fields of that kind"),
    ),
    "a target that is no finding": (
        POLISH,
        instead("types: [boxcar, rolling]", "types: [boxcars, rolling]"),
        ("types: [boxcar, rolling]", "knows no target called 'boxcars'; did you mean 'boxcar'?"),
    ),
    "a basis that there is not": (
        POLISH,
        instead("basis: uncounted", "basis: guess"),
        ("basis: uncounted", "is 'guess', not one of study, expert_default, label, uncounted"),
    ),
    "negative days": (
        POLISH,
        instead("downtime_days:\n  low: 0", "downtime_days:\n  low: -1"),
        ("  low: 0", "is -1, and must be at least 0"),
    ),
    "nested without end": (
        GAP,
        instead("certainty: none", "certainty: " + "[" * 41 + "]" * 41),
        ("certainty:", "is nested deeper than 40 levels"),
    ),
}


def faults_of(page: str, content: bytes, folder: Path) -> list[str]:
    """What the loader says of one page, read alone."""
    path = folder / f"{page}.yaml"
    path.parent.mkdir()
    path.write_bytes(content)
    shelf = Shelf()
    shelf.read_page(path, FOLDERS[path.parent.name])
    return shelf.faults


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_sentence(mistake: str, tmp_path: Path) -> None:
    page, spoil, (where, words) = MISTAKES[mistake]
    sound = (PAGES / f"{page}.yaml").read_text(encoding="utf-8")
    told = faults_of(page, spoil(sound).encode(), tmp_path)
    assert len(told) == 1, told
    (fault,) = told
    line = where if isinstance(where, int) else line_of(page, where)
    assert fault.startswith(f"{page}.yaml, line {line}: "), fault
    assert words in fault


@pytest.mark.parametrize("page", sorted({page for page, _, _ in MISTAKES.values()}))
def test_the_pages_that_are_spoiled_are_sound(page: str, tmp_path: Path) -> None:
    assert faults_of(page, (PAGES / f"{page}.yaml").read_bytes(), tmp_path) == []


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    sound = (PAGES / f"{GAP}.yaml").read_text(encoding="utf-8")
    accents = next(n for n, t in enumerate(sound.splitlines(), start=1) if not t.isascii())
    (fault,) = faults_of(GAP, sound.encode("latin-1"), tmp_path)
    assert fault == f"{GAP}.yaml, line {accents}: is not UTF-8 text; save it as UTF-8"


def test_a_huge_page_is_turned_away(tmp_path: Path) -> None:
    (fault,) = faults_of(GAP, b"note: " + b"x" * 1_000_001, tmp_path)
    assert fault == f"{GAP}.yaml: is larger than 1000 kB, which no such file needs"


@pytest.mark.parametrize("content", [b"", b"- a list\n", b"a sentence\n"])
def test_what_is_no_page_is_told_so(content: bytes, tmp_path: Path) -> None:
    assert faults_of(GAP, content, tmp_path) == [f"{GAP}.yaml: holds no page (key: value)"]
