"""What the terminal tells of a plan, in full and in brief."""

from __future__ import annotations

import dataclasses
import re

import pytest
from tests.reporting.printing import flat, part, printed

from cicatrix.records import (
    NotShown,
    RedFlag,
    Relaxation,
)
from cicatrix.reporting.limits import cautions_raised
from cicatrix.reporting.verdicts import grouped

# --- what is told --------------------------------------------------------------------------------


@pytest.mark.parametrize(("view", "ends"), [("full", "The reasons"), ("brief", "Sources")])
@pytest.mark.parametrize("width", [80, 100, 140])
def test_every_treatment_is_named(demo, half_empty, knowledge, width, view, ends):
    for plan in (demo, half_empty):
        text = part(printed(plan, knowledge, width=width, view=view), "All 46", ends)
        lines = text.splitlines()
        header = next(line for line in lines if line.lstrip().startswith("Treatment"))
        left, right = header.index("Treatment"), header.index("For")
        # Names wrap inside their column, so the column is read by itself; those that are not
        # indicated stand in one running text.
        column = flat(" ".join(line[left:right] for line in lines))
        for page in knowledge.treatments.values():
            assert page.name.en in column or page.name.en in flat(text)


def test_verdicts_are_told_by_sign_word_and_number(demo, half_empty, knowledge):
    signs = {
        "suitable": "✓ SUITABLE", "caution": "! WITH CAUTION", "ask": "? ASK FIRST",
        "defer": "» DEFER", "avoid": "✗ AVOID", "not_indicated": "– NOT INDICATED",
    }  # fmt: skip
    for plan in (demo, half_empty):
        text = printed(plan, knowledge)
        for name, decisions in grouped(plan.decisions).items():
            assert (f"\n{signs[name]} · {len(decisions)} " in text) == bool(decisions)


def test_verdicts_come_in_the_order_of_their_strictness(demo, knowledge):
    text = printed(demo, knowledge)
    order = ["SUITABLE", "WITH CAUTION", "ASK FIRST", "DEFER", "AVOID", "NOT INDICATED"]
    places = [text.index(f" {word} · ") for word in order]
    assert places == sorted(places)


def test_each_source_number_leads_to_its_title_and_year(demo, half_empty, knowledge):
    for plan in (demo, half_empty):
        text = printed(plan, knowledge, width=140)
        body, _, listed = text.partition("\nSources ")
        cited = {
            int(n)
            for group in re.findall(r"\[(\d+(?:,\s+\d+)*)\]", body)
            for n in re.split(r",\s+", group)
        }
        entries = re.split(r"^ *\[(\d+)\] ", listed, flags=re.MULTILINE)[1:]
        numbers = [int(n) for n in entries[::2]]
        assert numbers == list(range(1, len(numbers) + 1))
        # A list of numbers may wrap inside a column; then only its ends show that it is one.
        ends = {int(n) for n in re.findall(r"(\d+)(?=[,\]])", body)}
        assert cited <= set(numbers) <= ends
        titles = {flat(s.title): s for s in knowledge.sources.values()}
        for entry in entries[1::2]:
            told = flat(entry.split("\n\n")[0])
            source = next(s for title, s in titles.items() if told.startswith(f"{title} ("))
            assert str(source.year or "year not printed") in told
            assert source.depth in told


def test_the_sources_of_a_reason_stand_behind_it(demo, knowledge):
    text = printed(demo, knowledge, width=140)
    _, _, listed = text.partition("\nSources ")
    title_of = {
        int(n): flat(entry.split("\n\n")[0])
        for n, entry in re.findall(r"^ *\[(\d+)\] (.*(?:\n {5,}.*)*)", listed, flags=re.MULTILINE)
    }
    reasons = flat(part(text, "The reasons", "Courses"))
    avoided = next(d for d in demo.decisions if d.verdict == "avoid")
    told = flat(avoided.reasons[0].text)
    numbers = re.search(re.escape(told) + r"(?: Sources disagree: C\d+\.)? \[([\d, ]+)\]", reasons)
    found = {title_of[int(n)].rpartition(" (")[0] for n in numbers[1].split(", ")}
    assert found == {flat(knowledge.sources[s].title) for s in avoided.reasons[0].sources}


def test_each_rule_number_in_the_table_stands_in_full_below(demo, half_empty, knowledge):
    for plan in (demo, half_empty):
        text = printed(plan, knowledge)
        used = set(re.findall(r"\bR(\d+)\b", part(text, "All 46", "The reasons")))
        told = re.findall(
            r"^R(\d+) ", part(text, "The reasons", "Co" if plan.courses else "No"), re.MULTILINE
        )
        assert used <= set(told)
        assert [int(n) for n in told] == list(range(1, len(told) + 1))


def test_questions_keep_their_order_and_say_what_they_could_open(half_empty, knowledge):
    text = flat(part(printed(half_empty, knowledge), "Questions", "All 46"))
    places = [text.index(flat(q.ask["en"])) for q in half_empty.questions]
    assert len(places) > 5
    assert places == sorted(places)
    for question in half_empty.questions:
        assert f"Could open {len(question.unlocks)}:" in text


def test_an_open_treatment_names_its_questions(demo, knowledge):
    asking = [d for d in demo.decisions if d.verdict == "ask" and d.role != "not_indicated"]
    text = flat(part(printed(demo, knowledge), "? ASK", "» DEFER"))
    for decision in asking:
        numbers = sorted(i for i, q in enumerate(demo.questions, 1) if q.fact in decision.asks)
        assert f"Answer first: {', '.join(f'Q{n}' for n in numbers)}" in text


def test_a_red_flag_stands_before_everything_that_was_found(demo, knowledge):
    flag = RedFlag(
        rule="any", caution="melanoma_refer", do="urgent_dermatology_referral", urgency="urgent",
        text="A mark that changes.", patient={"en": "x", "es": "x"}, stops_procedures=True,
        sources=tuple(knowledge.sources)[:1],
    )  # fmt: skip
    text = printed(dataclasses.replace(demo, red_flags=(flag,)), knowledge)
    box = part(text, "┏", "What was found")
    for words in ("RED FLAG · urgent · stops all procedures", "A mark that changes. [1]",
                  "Do: urgent dermatology referral"):  # fmt: skip
        assert words in box
    assert "urgent: urgent dermatology referral" in text[text.index("In short") :]


def test_without_a_course_the_clash_and_the_way_out_are_told(demo, knowledge):
    plan = dataclasses.replace(
        demo,
        courses=(),
        no_course_because=("These wishes clash: [a] and b.",),
        relaxations=(Relaxation(wish="w", now="at most 0 days", instead="at least 3 days"),),
    )
    text = flat(printed(plan, knowledge))
    assert "These wishes clash: [a] and b." in text
    assert "at least 3 days, in place of: at most 0 days" in text


def test_ways_out_that_are_needed_together_are_told_as_together(demo, knowledge):
    ways = tuple(
        Relaxation(wish=wish, now="now", instead=f"other {wish}", together_with=(other,))
        for wish, other in (("a", "b"), ("b", "a"))
    )
    plan = dataclasses.replace(demo, courses=(), relaxations=ways)
    text = flat(printed(plan, knowledge))
    assert "all of these together (none is enough by itself)" in text
    assert "each by itself" not in text


def test_a_wish_that_cannot_be_shown_to_hold_is_told(demo, knowledge):
    silent = NotShown(wish="low_pain", treatment="subcision", why="was not shown to hurt little.")
    text = flat(printed(dataclasses.replace(demo, not_shown=(silent,)), knowledge))
    assert "In a course, but a wish may not be fulfilled" in text
    assert "was not shown to hurt little." in text


def test_an_emptied_plan_says_what_there_is_not(emptied, knowledge):
    text = flat(printed(emptied, knowledge))
    for words in ("No finding was recorded or measured.", "No course", "This is no diagnosis."):
        assert words in text


def test_the_last_words_leave_the_decision_to_a_professional(demo, knowledge):
    end = printed(demo, knowledge).splitlines()[-2]
    assert "This is no diagnosis. A qualified professional decides" in end


# --- the brief view ------------------------------------------------------------------------------


def test_the_brief_view_leaves_out_no_treatment_question_or_caution(demo, half_empty, knowledge):
    for plan in (demo, half_empty):
        text = flat(printed(plan, knowledge, width=140, view="brief"))
        for question in plan.questions:
            assert flat(question.ask["en"]) in text
        for name in cautions_raised(plan):
            assert knowledge.cautions[name].title.en in text
        for course in plan.courses:
            assert f"{course.name.upper()} {course.sessions} session" in text


def test_the_brief_view_points_nowhere_in_vain(demo, half_empty, knowledge):
    for plan in (demo, half_empty):
        text = printed(plan, knowledge, view="brief")
        assert not re.findall(r"\bR\d+\b", text)
        body, _, listed = text.partition("\nSources ")
        cited = {int(n) for n in re.findall(r"(\d+)(?=[,\]])", body)}
        numbers = {int(n) for n in re.findall(r"^ *\[(\d+)\] ", listed, flags=re.MULTILINE)}
        assert numbers
        assert numbers <= cited


def test_the_brief_view_says_how_to_see_the_rest(demo, half_empty, knowledge):
    for plan in (demo, half_empty):
        brief, full = (printed(plan, knowledge, view=view) for view in ("brief", "full"))
        assert "every reason: --full" in brief
        assert "--full" not in full
        assert len(brief) < 0.7 * len(full)  # or there was no need for two
