"""Can a patient read the handout? English at grade 8 or below, Spanish as everyday Spanish."""

import functools

import pytest
from tests.patients.pages import plan_of
from tests.reporting.plain_text import running_text, whole_sentences
from tests.reporting.plans import PLANS
from tests.reporting.reading_grade import english_grade, spanish_ease, syllables
from tests.reporting.rendered import handout_html

from cicatrix.knowledge import load_knowledge
from cicatrix.reporting import render_handout_html

HIGHEST_GRADE = 8
LOWEST_EASE = 60
PATIENTS = ("severe-type-vi", "keloid-on-the-chest", "changing-mole", "gaps-everywhere")


@functools.cache
def _patient(name: str, language: str) -> str:
    return render_handout_html(plan_of(name), knowledge=load_knowledge(), language=language)


@pytest.mark.parametrize("name", sorted(PLANS))
def test_a_handout_of_an_invented_plan_reads_at_grade_eight_or_below(name):
    html = handout_html(name)
    assert english_grade(running_text(html)) <= HIGHEST_GRADE
    assert english_grade(whole_sentences(html)) <= HIGHEST_GRADE


@pytest.mark.parametrize("name", sorted(PLANS))
def test_a_spanish_handout_of_an_invented_plan_is_everyday_spanish(name):
    html = handout_html(name, "es")
    assert spanish_ease(running_text(html)) >= LOWEST_EASE
    assert spanish_ease(whole_sentences(html)) >= LOWEST_EASE


@pytest.mark.parametrize("name", PATIENTS)
def test_a_handout_of_a_planned_patient_reads_as_well(name):
    assert english_grade(whole_sentences(_patient(name, "en"))) <= HIGHEST_GRADE
    assert spanish_ease(whole_sentences(_patient(name, "es"))) >= LOWEST_EASE


def test_the_grade_is_not_flattered():
    # A sentence of a consent form, whose grade by any counting is far beyond school.
    hard = (
        "Postinflammatory hyperpigmentation following ablative resurfacing necessitates "
        "individualised photoprotective counselling and pharmacological depigmentation."
    )
    assert english_grade(hard) > 20
    assert english_grade("The cat sat on the mat. The dog ran to the door.") < 1


# Counts of the CMU pronouncing dictionary.
@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("acne", 2), ("scar", 1), ("needles", 2), ("treatment", 2), ("microneedling", 4),
        ("infection", 3), ("medicine", 3), ("skin", 1), ("sunscreen", 2), ("pregnant", 2),
        ("healed", 1), ("needed", 2), ("noses", 2), ("area", 3), ("layers", 2), ("erase", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_the_dictionary_does(word, count):
    assert syllables(word) == count
