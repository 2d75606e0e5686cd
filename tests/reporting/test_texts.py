"""The fixed words: the same keys and places in every language, and a word for everything."""

import re
from pathlib import Path

import pytest

from cicatrix import vocabulary as v
from cicatrix.errors import CicatrixError
from cicatrix.knowledge.statements import places_left_open
from cicatrix.records import Target
from cicatrix.reporting import words as words_module
from cicatrix.reporting.words import LANGUAGES, read_texts, report_words, words_for

ENGLISH = read_texts(("en.yaml",))
SPANISH = read_texts(("es.yaml",))
KINDS = {
    "finding": v.FINDING_TYPES,
    "group": tuple(v.FINDING_GROUPS),
    "site": v.SITES,
    "side": v.SIDES,
    "severity": v.SEVERITIES,
    "role": tuple(v.Role),
    "certainty": tuple(v.Certainty),
}
REPORTING = Path(words_module.__file__).parent
#: Families of texts whose last part is a word of a closed list, put together at run time.
LOOKED_UP_BY_WORD = {
    *KINDS, "answer", "answers", "course", "do", "fact", "flag", "map", "month", "signs", "verdict",
    "verdict_means", "findings", "options", "iso", "iso_unit", "capture_class", "not_measured",
    "result",
}  # fmt: skip


def test_every_language_has_the_same_keys():
    assert set(ENGLISH) == set(SPANISH)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_every_language_leaves_the_same_places_open(key):
    assert set(places_left_open(ENGLISH[key])) == set(places_left_open(SPANISH[key]))


def test_no_spanish_sentence_is_still_english():
    same = {k for k in ENGLISH if ENGLISH[k] == SPANISH[k] and len(ENGLISH[k].split()) > 2}
    assert {k for k in same if not places_left_open(ENGLISH[k])} == set()


@pytest.mark.parametrize("words", [words_for("en"), words_for("es"), report_words()])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_word_of_the_vocabulary_has_a_text(words, kind):
    assert [word for word in KINDS[kind] if not words.has(f"{kind}.{word}")] == []


def test_the_report_has_a_word_for_every_fact_and_verdict():
    words = report_words()
    assert [f for f in v.PATIENT_FACTS if not words.has(f"fact.{f}")] == []
    assert [x for x in (*v.EARLIER_RESULTS, v.UNKNOWN) if not words.has(f"result.{x}")] == []
    assert [x for x in (*v.Verdict, "not_indicated") if not words.has(f"verdict.{x}")] == []


def test_numbers_and_dates_are_written_as_each_language_does():
    english, spanish = words_for("en"), words_for("es")
    assert english.number(12.5) == "12.5"
    assert spanish.number(12.5) == "12,5"
    assert english.number(1234567.0) == "1,234,567"
    assert spanish.number(1234567.0) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"
    assert english.number(3000) == spanish.number(3000) == "3000"
    assert english.number(-0.04) == "0"
    assert english.number(-12.5) == "−12.5"
    assert english.date("2026-11-04") == "4 November 2026"
    assert spanish.date("2026-11-04") == "4 de noviembre de 2026"
    assert english.money(1550, "USD") == "USD 1550"
    assert spanish.money(1550, "USD") == "1550 USD"


def test_an_interval_with_equal_ends_is_one_number():
    words = words_for("en")
    assert words.span(3, 5) == "3 to 5"
    assert words.span(3, 3.2) == "3"
    assert words.count("unit.weeks", 1) == "1 week"
    assert words.count("unit.days", 0.5, 3) == "0.5 to 3 days"


def test_what_nobody_counted_is_never_a_number():
    words = words_for("en")
    nan = float("nan")
    assert words.percent(nan, nan) == "not known"
    assert words.number(nan) == "not known"
    assert words.money(nan, "USD") == "no price known"


def test_people_count_weeks_from_one():
    assert words_for("en").week(0) == "week 1"


def test_no_text_is_left_that_nobody_prints():
    sources = [*REPORTING.glob("*.py"), *REPORTING.glob("templates/**/*.j2")]
    code = "".join(path.read_text("utf-8") for path in sources)
    unused = {
        key
        for key in read_texts(("en.yaml", "report.en.yaml"))
        if key.partition(".")[0] not in LOOKED_UP_BY_WORD
        and f'"{key}"' not in code
        and f'"{key.rpartition(".")[0]}"' not in code
        and f"'{key}'" not in code
        and not re.search(rf'\([^)]*"{key.rpartition(".")[2]}"[^)]*\) %\}}', code)
    }
    assert unused == set()


def test_targets_of_one_type_are_told_once_with_their_places():
    targets = [
        Target(site="cheek", side="both", type="rolling"),
        Target(site="chin", side="middle", type="rolling"),
        Target(site="temple", side="left", type="ice_pick"),
    ]
    told = report_words().targets(targets)
    assert told == "Rolling: cheek (both sides), chin; Ice pick: temple (left)"


def test_a_language_without_texts_is_refused_with_the_way_out():
    with pytest.raises(CicatrixError, match=r"no handout in 'fr'.*en, es.*copy texts/en\.yaml"):
        words_for("fr")
    assert LANGUAGES == ("en", "es")
