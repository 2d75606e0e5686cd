"""What a handout tells beside the plan: reasons in everyday words, and warning signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cicatrix.knowledge.treatment_page import StopSign
from cicatrix.records import Decision, NotPlanned, NotShown, Reason
from cicatrix.reporting.library import Library, ids
from cicatrix.reporting.verdicts import Shared, deciding, is_rule, shared
from cicatrix.reporting.words import Words

#: How fast to act on a warning sign, the fastest first.
URGENCIES = ("emergency", "same_day", "call_clinic")


@dataclass(frozen=True, kw_only=True)
class Note:
    """One everyday reason, and the treatments it is about."""

    text: str
    names: tuple[str, ...]
    sources: tuple[str, ...]
    until: tuple[str, ...] = ()
    local: bool = False
    remembered: bool = False
    conflict: bool = False


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A warning sign, and the treatments after which it counts."""

    text: str
    names: tuple[str, ...]
    sources: tuple[str, ...]
    remembered: bool


def cautions_told(decisions: Sequence[Decision], *, words: Words, library: Library) -> list[Note]:
    """Every rule that asks for care, with all treatments it is about."""
    return _notes(shared(decisions, reasons_of=_rules), words, library)


def verdicts_told(decisions: Sequence[Decision], *, words: Words, library: Library) -> list[Note]:
    """The rules that gave these treatments their verdict, and until when it holds."""

    def until(decision: Decision) -> str:
        return words.of(decision.until_patient)

    return _notes(shared(decisions, reasons_of=deciding, until_of=until), words, library)


def _rules(decision: Decision) -> tuple[Reason, ...]:
    return tuple(reason for reason in decision.reasons if is_rule(reason))


def _notes(found: Iterable[Shared], words: Words, library: Library) -> list[Note]:
    merged: dict[str, Note] = {}
    for one in found:
        text = words.of(one.reason.patient) or one.reason.text
        before = merged.get(text)
        names = tuple(library.short_name(t) for t in one.treatments)
        merged[text] = Note(
            text=text,
            names=tuple(dict.fromkeys((*(before.names if before else ()), *names))),
            sources=one.reason.sources,
            until=tuple(dict.fromkeys((*(before.until if before else ()), *one.until))),
            local=library.is_local(one.reason),
            remembered=library.is_remembered(one.reason),
            conflict=bool(one.reason.conflict),
        )
    return list(merged.values())


def left_out_told(
    not_planned: Iterable[NotPlanned | NotShown], *, words: Words, library: Library
) -> list[Note]:
    """Why open treatments stand in no plan, or may not be as wished: each reason once."""
    names: dict[str, dict[str, None]] = {}
    for one in not_planned:
        text = words.of(one.patient) or words.text("plan.left_out_ask")
        names.setdefault(text, {})[library.short_name(one.treatment)] = None
    return [Note(text=text, names=tuple(about), sources=()) for text, about in names.items()]


def signs_of(treatments: Iterable[str], *, library: Library) -> dict[str, list[Sign]]:
    """The warning signs of some treatments, by how fast to act."""
    found: dict[str, dict[str, tuple[StopSign, list[str]]]] = {u: {} for u in URGENCIES}
    for name in treatments:
        page = library.treatment(name)
        for sign in page.stop_signs if page else ():
            text = library.text(sign.text)
            _, names = found[sign.urgency].setdefault(text, (sign, []))
            names.append(library.short_name(name))
    return {
        urgency: [
            Sign(
                text=text, names=tuple(names), sources=ids(sign.sources),
                remembered=not sign.verified,
            )
            for text, (sign, names) in texts.items()
        ]
        for urgency, texts in found.items()
        if texts
    }  # fmt: skip
