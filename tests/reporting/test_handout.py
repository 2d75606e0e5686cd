"""The handout: what a patient must find in it, in both languages."""

import dataclasses

import pytest
from tests.patients.pages import plan_of
from tests.reporting import plans
from tests.reporting.rendered import handout, tree_of

from cicatrix.knowledge import load_knowledge
from cicatrix.records import Intake
from cicatrix.reporting import render_handout_html


def section(name: str, heading: str, language: str = "en") -> str:
    return next(
        s.text()
        for s in handout(name, language).all("section")
        if s.attributes["aria-labelledby"] == heading
    )


def test_what_needs_help_first_stands_first():
    order = [s.attributes["aria-labelledby"] for s in handout("stopped").all("section")]
    assert order[0] == "flags"
    text = section("stopped", "flags")
    assert "See a doctor within days." in text
    assert "a dark spot is changing" in text
    assert "No treatment of scars until this is clear." in text


def test_the_parts_come_in_the_order_of_the_questions_of_a_patient():
    order = [s.attributes["aria-labelledby"] for s in handout("dented").all("section")]
    assert order == ["have", "options", "plan", "can", "expect", "signs", "conflicts", "ask"]


def test_every_finding_is_told_in_everyday_words():
    text = section("dented", "have")
    assert "Soft wide dips (rolling scars) cheek (both sides) 9 medium" in text
    assert "Narrow deep pits (ice pick scars) temple (left), measured with a scan 5 mild" in text
    assert "Dark marks cheek (both sides) not counted mild" in text


def test_acne_and_scars_are_told_apart():
    page = load_knowledge().education["acne-and-acne-scars"]
    assert page.title.en in section("dented", "have")
    assert page.title.es in section("dented", "have", "es")


@pytest.mark.parametrize(
    ("language", "heading", "reason"),
    [
        ("en", "Not for you", "A deep peel can take the colour out of dark skin for good."),
        ("es", "No son para usted", "Un peeling profundo puede quitar el color"),
        ("en", "Not now", "This takes off a whole layer of skin."),
        ("es", "Ahora no", "Esto quita una capa de piel."),
        ("en", "Where care is needed", "Your skin went dark after it was hurt."),
        ("es", "Dónde hay que tener cuidado", "Su piel se oscureció después de una herida."),
    ],
)
def test_every_no_and_every_care_has_an_everyday_reason(language, heading, reason):
    assert reason in section("dented", "options", language).partition(heading)[2]


def test_treatments_with_one_reason_share_it():
    text = section("dented", "options")
    assert text.count("This takes off a whole layer of skin.") == 1
    assert "Full laser resurfacing, Dermabrasion with a rotating brush. This takes off" in text
    assert "Wait until: four months from now." in text


def test_a_rule_of_the_clinic_is_shown_as_such():
    assert "Rule of your own clinic" in section("dented", "options")
    assert "Regla de su propia clínica" in section("dented", "options", "es")


def test_the_question_that_decides_is_asked_once_and_can_be_ticked():
    options = section("dented", "options")
    assert "These wait for your answers: Punch excision, Punch elevation." in options
    question = "Did a numbing shot ever make you ill?"
    assert question not in options
    ask = section("dented", "ask")
    assert ask.count(question) == 1
    assert "It could open up: Punch excision, Punch elevation." in ask
    assert len(handout("dented").with_class("box")) == 3 * len(plans.QUESTIONS)


def test_a_question_for_a_number_has_a_line_to_write_on():
    number = dataclasses.replace(plans.QUESTIONS[0], fact="isotretinoin_stopped_months")
    plan = dataclasses.replace(plans.dented(), questions=(number,))
    page = tree_of(render_handout_html(plan, knowledge=load_knowledge()))
    assert len(page.with_class("line")) == 1
    assert [box.text() for box in page.with_class("box")] == ["I do not know"]


def test_a_deciding_question_that_no_list_holds_is_asked_beside_the_treatments():
    plan = dataclasses.replace(plans.dented(), questions=())
    page = tree_of(render_handout_html(plan, knowledge=load_knowledge()))
    asked = load_knowledge().questions["lidocaine_allergy"].ask.en
    assert f"{asked} For: Punch excision, Punch elevation" in page.text()


def test_a_finding_to_leave_alone_is_told():
    assert "Not on: narrow deep pits (ice pick scars), temple (left)." in section(
        "dented", "options"
    )


def test_improvement_is_a_range_in_words_or_nothing_at_all():
    text = section("dented", "can")
    assert "about 10 to 30 out of 100 better" in text
    assert "from 5 out of 100 worse to 20 out of 100 better" in text
    assert "There is no proof that can be counted." in text
    assert "0 to 5 out of 100 people" in text
    assert "mejor entre 10 y 30 de cada 100" in section("dented", "can", "es")


def test_the_wish_is_repeated_in_the_patients_words():
    assert "softer shadows before my sister's wedding <b>please</b>" in section("dented", "plan")


def test_signs_are_sorted_by_how_fast_to_act():
    boxes = [n.attributes["class"].split()[1] for n in handout("dented").with_class("signs")]
    assert boxes == ["emergency", "same_day", "call_clinic"]


def test_one_course_is_drawn_and_the_others_told_in_words():
    plan = section("dented", "plan")
    assert len(handout("dented").with_class("course")) == 1
    shown, _, others = plan.partition("Gentle.")
    assert "Balanced 8 sessions" in shown
    assert "3 sessions in 24 weeks. Cost: USD 1000." in others
    assert "Microneedling: weeks 5, 9 and 13, " in others
    assert "Hyaluronic acid filler: week 37, days off not known." in others
    assert "Top up from week 61, every 24 to 48 weeks" in others
    assert "At home: Sunscreen every day." in others


def test_dark_marks_say_for_how_many_treatments_somebody_counted():
    assert "0 to 10 out of 100 people Counted for 1 of 5 treatments." in section("dented", "can")
    assert "Contado en 1 de 5 tratamientos." in section("dented", "can", "es")


def test_what_is_open_but_in_no_plan_has_its_reason():
    assert "Punch grafting. Your clinic does not offer this." in section("dented", "plan")
    assert "Su clínica no ofrece esto." in section("dented", "plan", "es")


@pytest.mark.parametrize(
    ("language", "because", "way_out"),
    [
        ("en", "This wish leaves no plan: a cost of at most 50 USD.",
         "You wished for a cost of at most 50 USD. A plan could work with at least "),
        ("es", "Este deseo no deja ningún plan: un precio de 50 USD como mucho.",
         "Usted deseaba un precio de 50 USD como mucho. Cabría un plan con al menos "),
    ],
)  # fmt: skip
def test_a_clash_of_wishes_is_told_with_the_way_out(language, because, way_out):
    html = render_handout_html(
        plan_of("budget-too-small"), knowledge=load_knowledge(), language=language
    )
    text = tree_of(html).text()
    assert because in text
    assert way_out in text


@pytest.mark.parametrize(
    ("language", "alone_is_not_enough"),
    [
        ("en", "at least 650 USD, but only if this changes too: at most 5 days off after a visit."),
        ("es", "con al menos 650 USD, pero solo si también cambia esto: como mucho 5 días"),
    ],
)
def test_what_must_change_together_is_told_as_together(language, alone_is_not_enough):
    plan = plan_of("two-wishes-give-way-together")
    html = render_handout_html(plan, knowledge=load_knowledge(), language=language)
    assert alone_is_not_enough in tree_of(html).text()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "In a plan, but it may not be as you wished"),
        ("en", "Nobody has counted how much this hurts."),
        ("es", "Nadie ha contado cuánto duele esto."),
    ],
)
def test_a_wish_that_nobody_can_promise_is_told(language, words):
    plan = plan_of("little-pain-but-laser")
    html = render_handout_html(plan, knowledge=load_knowledge(), language=language)
    assert words in tree_of(html).text()


def test_the_signs_of_a_recent_toxin_are_told_although_no_plan_holds_it():
    page = load_knowledge().treatments["botulinum_toxin"]
    (sign,) = (s.text.en for s in page.stop_signs if s.urgency == "emergency")
    for patient, told in (("toxin-six-weeks-ago", True), ("rolling-tethered", False)):
        text = tree_of(render_handout_html(plan_of(patient), knowledge=load_knowledge())).text()
        assert (sign in text) is told, patient


def test_when_to_judge_stands_beside_each_part_of_the_plan():
    rows = handout("dented").with_class("parts")[0].all("tbody")[0].all("tr")
    names = {step.treatment for course in plans.dented().courses for step in course.steps}
    assert len(rows) == len(names)
    assert all("When to judge:" in row.text() for row in rows)
    microneedling = next(row.text() for row in rows if "Microneedling" in row.text())
    assert "weeks after you start" in microneedling
    assert "Put on only what the clinic gives you" in microneedling


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stopped", "There is no plan yet. The point at the top comes first."),
        ("clear", "There is no plan, since nothing was found that needs one."),
    ],
)
def test_without_a_plan_the_handout_says_why(name, words):
    assert words in section(name, "plan")


@pytest.mark.parametrize(
    ("facts", "findings_known", "marks"),
    [
        ({}, False, "Nobody has told us yet if you have scars or marks."),
        ({"acne_severity": "clear"}, False, "Nobody has told us yet if you have scars or marks."),
        ({}, True, "No scars and no marks were found."),
    ],
)
def test_what_nobody_told_is_not_told_as_healthy(facts, findings_known, marks):
    clear = plans.clear()
    case = dataclasses.replace(
        clear.case, intake=Intake(facts=facts), findings_known=findings_known
    )
    html = render_handout_html(
        dataclasses.replace(clear, case=case), knowledge=load_knowledge(), language="en"
    )
    assert marks in html
    assert "nothing was found that needs one" not in html


def test_a_wish_that_leaves_no_plan_is_told_beside_a_flag():
    assert "It works with 3 days." in section("stopped", "plan")


def test_the_pages_are_told_to_be_unsigned_with_the_day_of_the_last_look():
    foot = handout("dented").all("footer")[0].text()
    assert "No skin doctor has signed them yet." in foot
    assert "4f1c09d2ab77e310" in foot
    assert "Ningún dermatólogo" in handout("dented", "es").all("footer")[0].text()


def test_a_source_whose_authors_were_not_printed_goes_by_its_title():
    foot = handout("dented").with_class("sources")[0].text()
    assert "authors not shown" not in foot
    assert "Alam M et al., JAMA Dermatol, 2014" in foot


def test_no_english_of_the_plan_reaches_a_spanish_reader():
    text = handout("stopped", "es").text()
    assert "A red flag stops every procedure" not in text
    assert "pigmented lesion" not in text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", ["severe-type-vi", "nothing-found", "gaps-everywhere"])
def test_a_planned_patient_gets_a_handout(name, language):
    html = render_handout_html(plan_of(name), knowledge=load_knowledge(), language=language)
    assert len(tree_of(html).all("section")) >= 3


@pytest.mark.parametrize(
    ("language", "now", "later"),
    [("en", "These suit you<", "may suit you later"), ("es", "Estos le van bien<", "más tarde")],
)
def test_where_everything_waits_the_sheet_says_nothing_else(language, now, later):
    """The red box says that all else waits; no plan and no heading may say otherwise."""
    plan = plan_of("changing-mole")
    page = render_handout_html(plan, knowledge=load_knowledge(), language=language)
    assert plan.courses == ()
    assert now not in page
    assert later in page


def test_acne_without_marks_has_a_plan_of_its_own():
    plan = plan_of("acne-without-scars")
    page = render_handout_html(plan, knowledge=load_knowledge(), language="en")
    assert "There is no plan" not in page
    assert plan.courses
