"""What a course may do, and who said so, in the few words of the handout."""

from __future__ import annotations

import math

from cicatrix.knowledge.statements import Source
from cicatrix.records import Course, Expected
from cicatrix.reporting import limits
from cicatrix.reporting.words import Words


def better_told(expected: Expected, *, words: Words) -> str:
    """``about 20 to 45 out of 100 better``, in the language of the page."""
    found = expected.improvement
    if not found.is_known:
        return words.text("can.uncounted")
    low, high = (round(end) for end in (found.low_percent, found.high_percent))
    key = "can.worse" if low < 0 else "can.same" if low == high else "can.up"
    return words.text(key, low=words.number(abs(low)), high=words.number(high))


def placebo_told(expected: Expected, *, words: Words) -> str:
    """How much better skin with no real care became in the same studies, if counted."""
    low = expected.improvement.placebo_low_percent
    high = expected.improvement.placebo_high_percent
    if expected.improvement.placebo_apart:
        return words.text("can.placebo_apart")
    if math.isnan(low) or math.isnan(high):
        return ""
    if high < 0:
        return words.text("can.placebo_worse", span=words.span(-high, -low))
    return words.text("can.placebo", span=words.span(low, high))


def dark_marks_told(course: Course, *, words: Words) -> str:
    """How many of 100 people get dark marks that last, and for how much somebody counted."""
    low, high = course.pih_percent
    if math.isnan(low) or math.isnan(high):
        return words.text("can.pih_unknown")
    told = words.text("can.pih_some", span=words.span(low, high))
    counted, every = limits.dark_marks_counted(course)
    if counted == every:
        return told
    return f"{told} {words.text('can.pih_counted', n=counted, all=every)}"


def short_source(source: Source, *, words: Words) -> str:
    """First author, journal and year of a source; its title where no author was printed."""
    author, *others = source.authors.split(",")
    name = author + (" et al." if others else "")
    if not author or author.startswith("("):
        name = source.title
    year = str(source.year or words.text("sources.no_year"))
    journal = "" if (source.journal or "(").startswith("(") else source.journal
    return ", ".join(part for part in (name, journal, year) if part)
