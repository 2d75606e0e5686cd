"""The clinician's report: what must be said, and in which order."""

import re

import pytest
from tests.patients.pages import plan_of
from tests.reporting import plans
from tests.reporting.rendered import report, tree_of

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.reporting import render_report_html


def section(name: str, heading: str) -> str:
    return next(
        s.text() for s in report(name).all("section") if s.attributes["aria-labelledby"] == heading
    )


def test_red_flags_stand_before_everything_that_was_found_or_decided():
    order = [s.attributes["aria-labelledby"] for s in report("stopped").all("section")]
    assert order == [
        "patient", "flags", "findings", "questions", "short", "grades", "answers", "decisions",
        "courses", "cautions", "conflicts", "limits", "sources",
    ]  # fmt: skip
    boxed = report("stopped").with_class("red-flag")[0].text()
    assert "See a doctor within days. A pigmented lesion changes." in boxed
    assert "urgent referral to dermatology" in boxed
    assert "Stops all procedures" in boxed


def test_without_a_flag_the_report_says_what_that_is_worth():
    assert "Questions that were not asked cannot raise one" in section("clear", "flags")


def test_what_was_not_asked_is_named_and_not_taken_for_no():
    text = section("clear", "answers")
    unasked = text.partition("Not asked or not known:")[2]
    for words in ("Pregnant", "Keloid history", "Fitzpatrick type", "Lidocaine allergy"):
        assert words in unasked
    # Of twelve, somebody looked at the acne only.
    assert section("clear", "patient").count("not known") == 11


def test_a_measured_tone_is_not_shown_as_the_skin_type():
    patient = section("stopped", "patient")
    assert "Fitzpatrick type (asked) not asked; tone leaves IV, V and VI" in patient
    assert "ITA (measured) −12.5°" in section("dented", "patient")


def test_what_was_not_measured_stands_beside_every_finding():
    rows = report("dented").with_class("findings")[0].all("tr")[1:]
    assert [row.all("td")[-1].text() for row in rows] == [
        "tethered, width, depth",
        "distensible, tethered, age",
        "count, age",
    ]
    assert [row.all("th")[0].text().rpartition("; ")[2] for row in rows] == [
        "seen",
        "measured",
        "seen",
    ]


def test_a_grade_without_a_value_has_no_number():
    rows = {row.all("th")[0].text(): row for row in report("dented").all("tr") if row.all("th")}
    ecca = next(row for title, row in rows.items() if title.startswith("ECCA"))
    assert [cell.text() for cell in ecca.all("td")] == [
        "cannot be told",
        "– † not seen in print",
        "the count by band",
    ]
    points = next(row for title, row in rows.items() if "quantitative" in title)
    assert points.all("td")[0].text() == "11 of 84"
    assert "not seen in print" in points.text()


@pytest.mark.parametrize("name", sorted(plans.PLANS))
def test_the_verdicts_add_up_to_all_treatments(name):
    tally = report(name).with_class("tally")[0].all("b")
    assert sum(int(number.text()) for number in tally) == len(v.TREATMENTS)
    shown = sum(len(t.all("tbody")[0].all("tr")) for t in report(name).with_class("verdicts")
                if t.tag == "table")  # fmt: skip
    rest = [ul.all("li") for ul in report(name).with_class("names")]
    assert shown + sum(map(len, rest)) == len(v.TREATMENTS)


def test_every_reason_of_every_decision_reaches_the_reader():
    plan = plans.dented()
    text = report("dented").text()
    for decision in plan.decisions:
        for reason in decision.reasons:
            if decision.role is not v.Role.NOT_INDICATED:
                assert reason.text in text


def test_a_deferred_treatment_says_until_when_and_an_asked_one_which_answer():
    text = section("dented", "decisions")
    assert "Until four months from now." in text
    assert "Waits for: Lidocaine allergy" in text


def test_a_target_to_leave_alone_is_told_with_its_reason():
    text = section("dented", "decisions").partition("Findings to leave alone")[2]
    assert re.search(r"Fractional CO2 laser Ice pick, temple \(left\) Avoid R\d+", text)


def test_local_pages_are_shown_as_local():
    marks = [n.text() for n in report("dented").with_class("local")]
    assert set(marks) == {"local page"}
    assert "our-own-laser-rule" in section("dented", "limits")
    assert report("stopped").with_class("local") == []


def test_a_source_that_nobody_holds_is_named_as_missing():
    assert "no_such_source: not in our list of sources" in section("dented", "sources")


def test_both_sides_of_a_conflict_are_shown():
    page = load_knowledge().conflicts["C1"]
    shown = next(
        n.text() for n in report("dented").all("article")
        if n.attributes.get("id") == "conflict-C1"
    )  # fmt: skip
    for position in page.positions:
        assert position.text.strip() in re.sub(r" \[ [\d ,]+\]", "", shown)
    assert page.handling.strip() in shown


def test_an_effect_that_cannot_be_counted_is_said_to_be_so():
    assert "No evidence that can be counted" in section("dented", "decisions")
    courses = section("dented", "courses")
    row = courses.partition("Hyperpigmentation, cheek (both sides) no evidence")[2]
    assert row.startswith(" that can be counted , certainty none")


def test_a_course_shows_its_weeks_its_doubt_and_its_proof():
    courses = section("dented", "courses")
    rows = {
        row.all("th")[0].text(): [cell.text() for cell in row.all("td")]
        for row in report("dented").with_class("steps")[0].all("tbody")[0].all("tr")
    }
    assert rows["Microneedling"][2:] == ["weeks 5, 9 and 13", "weeks 23, 28 and 33", "–"]
    assert rows["Sunscreen every day"][2:] == ["week 1 on, 24 weeks"] * 3
    assert "10 to 30% , certainty low; untreated or placebo 2 to 9%" in courses
    assert "optimal; objective 812.5, bound 830" in courses
    assert "Search not complete." in courses
    assert "Without a price: Fractional CO2 laser" in courses
    assert "Hyaluronic acid filler: top-up from week 61, every 24 to 48 weeks" in courses


def test_why_a_stronger_course_may_show_less_is_told_beside_the_courses():
    assert "may show less than a milder one, or no number" in section("dented", "courses")


def test_the_front_page_holds_the_courses_at_a_glance():
    glance = report("dented").with_class("glance")[0].text()
    assert "3 × Subcision, 3 × TCA CROSS, 2 × Fractional CO2 laser" in glance
    assert "A Rolling 10 to 30% 20 to 45% 30 to 60%" in glance
    assert "USD 1000 USD 2000 USD 3000" in glance


def test_dark_marks_say_for_how_many_treatments_somebody_counted():
    assert "0 to 10%; counted for 1 of 5 treatments" in section("dented", "short")
    assert "0 to 10%; counted for 1 of 5 treatments (TCA CROSS)" in section("dented", "courses")


def test_a_caution_is_told_once_and_named_by_its_number():
    rows = report("dented").with_class("cautions-table")[0].all("tr")
    behind = {row.attributes["id"] for row in rows if "id" in row.attributes}
    named = {a.attributes["href"][1:] for a in report("dented").all("a")
             if a.attributes["href"].startswith("#caution-")}  # fmt: skip
    assert named
    assert named <= behind


def test_without_a_course_the_reasons_and_the_nearest_change_are_told():
    courses = section("stopped", "courses")
    assert "No course is possible." in courses
    assert "A red flag stops every procedure." in courses
    assert "max downtime days: 3 days in place of 1 day" in courses


def test_changes_that_are_needed_together_are_told_as_together():
    plan = plan_of("two-wishes-give-way-together")
    text = tree_of(render_report_html(plan, knowledge=load_knowledge())).text()
    assert "all of these together (none is enough by itself)" in text
    assert "budget: at least 650 USD in place of at most 500 USD" in text
    alone = tree_of(render_report_html(plan_of("budget-too-small"), knowledge=load_knowledge()))
    assert "each by itself" in alone.text()
    assert "all of these together" not in alone.text()


def test_a_wish_that_cannot_be_shown_to_hold_is_told():
    plan = plan_of("little-pain-but-laser")
    text = tree_of(render_report_html(plan, knowledge=load_knowledge())).text()
    assert "In a course, but a wish may not be fulfilled" in text
    assert "nobody has counted its pain" in text


def test_the_report_says_which_pages_nobody_looked_at_and_what_is_only_remembered():
    limits = section("dented", "limits")
    assert "treatments/cryotherapy" in limits
    assert "treatments/tca_cross" in limits
    assert "scales/goodman_baron_quantitative" in limits
    assert "no dermatologist" in section("dented", "short")


def test_the_report_names_its_versions_and_is_no_diagnosis():
    foot = report("dented").all("footer")[0].text()
    assert "cicatrix 0.1.0 with knowledge 4f1c09d2ab77e310" in foot
    for words in ("no diagnosis", "does not replace a qualified", "not been cleared or approved"):
        assert words in foot


@pytest.mark.parametrize("name", ["severe-type-vi", "nothing-found", "gaps-everywhere"])
def test_a_planned_patient_can_be_shown(name):
    html = render_report_html(plan_of(name), knowledge=load_knowledge())
    tally = tree_of(html).with_class("tally")[0].all("b")
    assert sum(int(number.text()) for number in tally) == len(v.TREATMENTS)
