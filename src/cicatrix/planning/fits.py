"""What a treatment is for: the ``suits`` entries of its page, tried for each finding.

The entries of a page are walked in their order. One that is true ends the walk; one that is not
decided may be the one, and so may those behind it. Of the roles that are possible the least leading
one is taken, also over the types that a finding may be of, and where one of the possible ends is
that the treatment is for nothing, the facts on which that hangs are asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning.kept import Kept
from cicatrix.planning.name_sets import NO_NAMES, NameSet, NameSets
from cicatrix.planning.seen import Seen, reader_of
from cicatrix.planning.truth import (
    FALSE,
    TRUE,
    Compiled,
    Facts,
    Known,
    Thresholds,
    Undecided,
    compiled,
    undecided_facts,
)
from cicatrix.records import Reason
from cicatrix.vocabulary import Role, Verdict

ANY, ACNE = "any", "acne"
_MOST_KEPT = 2_000
#: How many facts are read at a time. More would save readings, but then fewer findings are alike.
_MOST_READ = 4
_ROLES = tuple(Role)


def _always(facts: Facts, finding: Known) -> int:
    """The condition of a fit that has none."""
    return TRUE


def _nothing_open(facts: Facts, finding: Known) -> frozenset[str]:
    """The unknown facts on which a fit without a condition hangs."""
    return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """One ``suits`` entry of a treatment, compiled."""

    types: frozenset[str]
    role: Role
    role_rank: int
    component: str
    truth: Compiled
    undecided: Undecided
    #: The facts that its condition reads.
    reads: frozenset[str]
    reason: Reason
    #: The facts for want of which nobody knows whether the treatment is for the finding at all.
    asks: NameSet = NO_NAMES

    @property
    def is_indicated(self) -> bool:
        """True if it gives the treatment something to do."""
        return self.role is not Role.NOT_INDICATED


def careful_fit(
    fits: Iterable[Fit], facts: Facts, finding: Known, *, names: NameSets
) -> tuple[Fit, ...]:
    """The fit of a treatment for a finding, none where it is for nothing.

    Of all fits that may turn out to be the first true one, the least leading. It asks where
    the treatment may as well turn out to be for nothing.
    """
    possible: list[Fit] = []
    lacking: set[str] = set()
    settled = False
    for fit in fits:
        truth = fit.truth(facts, finding)
        if truth == FALSE:
            continue
        possible.append(fit)
        settled = truth == TRUE
        if settled:
            break
        lacking |= fit.undecided(facts, finding)
    indicated = [fit for fit in possible if fit.is_indicated]
    if not indicated:
        return ()
    least = max(indicated, key=lambda fit: fit.role_rank)
    if settled and len(indicated) == len(possible):
        return (least,)
    against = [fit for fit in possible if not fit.is_indicated]
    return (dataclasses.replace(least, reason=_open(least, against), asks=names.of(lacking)),)


def for_any_type(by_type: Sequence[Sequence[Fit]], *, type_told: NameSet) -> tuple[Fit, ...]:
    """The fit of a treatment for a finding that may be of several types, none if for none of them.

    ``by_type`` holds the fit for each type. The least leading one counts, and it asks for the
    type where the treatment is for nothing in one of them.
    """
    fits = [fit for some in by_type for fit in some]
    if not fits:
        return ()
    least = max(fits, key=lambda fit: fit.role_rank)
    asks = NO_NAMES if all(by_type) else type_told
    for fit in fits:
        asks |= fit.asks
    if asks and not least.asks:
        least = dataclasses.replace(least, reason=_open(least, ()))
    return (dataclasses.replace(least, asks=asks),)


def _open(fit: Fit, against: Sequence[Fit]) -> Reason:
    """The reason of a treatment of which nobody knows whether it is for the finding."""
    text = f"An answer that decides is missing. If it suits: {fit.reason.text}"
    if against:
        text = f"{text} If not: {against[0].reason.text}"
    return dataclasses.replace(fit.reason, verdict=Verdict.ASK, text=text)


class _Shelf:
    """Treatments whose fits read the same few facts, for the findings of one type."""

    def __init__(
        self, fits: Mapping[str, Sequence[Fit]], *, reads: Iterable[str], names: NameSets
    ) -> None:
        self._fits = fits
        self._names = names
        self.read = reader_of(reads)
        #: What was chosen, by what was read.
        self.kept: Kept[Hashable, tuple[tuple[str, Fit], ...]] = Kept(most=_MOST_KEPT)

    def chosen(self, seen: Seen, facts: Facts, finding: Known) -> tuple[tuple[str, Fit], ...]:
        """Each treatment that is, or may be, for a finding."""
        found = tuple(
            [
                (treatment, fit)
                for treatment, fits in self._fits.items()
                for fit in careful_fit(fits, facts, finding, names=self._names)
            ]
        )
        return self.kept.keep(self.read(seen), found)


class Fits:
    """The fits of every treatment for the findings of one type."""

    def __init__(self, by_treatment: Mapping[str, Sequence[Fit]], *, names: NameSets) -> None:
        self._shelves = tuple(_shelves(by_treatment, names=names))

    def chosen(self, seen: Seen, facts: Facts, finding: Known) -> list[tuple[str, Fit]]:
        """Each treatment that is, or may be, for a finding."""
        found: list[tuple[str, Fit]] = []
        for shelf in self._shelves:
            kept = shelf.kept.get(shelf.read(seen))
            found += shelf.chosen(seen, facts, finding) if kept is None else kept
        return found


def _shelves(by_treatment: Mapping[str, Sequence[Fit]], *, names: NameSets) -> list[_Shelf]:
    """The treatments, sorted by the facts that their fits read, a few facts for each shelf."""
    reads_of = {
        treatment: frozenset().union(*[fit.reads for fit in fits])
        for treatment, fits in by_treatment.items()
        if fits
    }
    together: list[tuple[frozenset[str], dict[str, Sequence[Fit]]]] = []
    for treatment in sorted(reads_of, key=lambda name: sorted(reads_of[name])):
        reads = reads_of[treatment]
        if not together or len(together[-1][0] | reads) > _MOST_READ:
            together.append((frozenset(), {}))
        read, some = together[-1]
        together[-1] = (read | reads, {**some, treatment: by_treatment[treatment]})
    return [_Shelf(some, reads=read, names=names) for read, some in together]


def fits_of(
    page: TreatmentPage,
    knowledge: Knowledge,
    *,
    shared: dict[str, tuple[Compiled, Undecided]],
) -> tuple[Fit, ...]:
    """The fits of one treatment. Conditions that say the same are one function, in ``shared``."""
    return tuple(
        _fit(page, place, knowledge=knowledge, shared=shared) for place in range(len(page.suits))
    )


def _fit(
    page: TreatmentPage,
    place: int,
    *,
    knowledge: Knowledge,
    shared: dict[str, tuple[Compiled, Undecided]],
) -> Fit:
    suits = page.suits[place]
    truth, undecided = _ready(suits.when, knowledge, shared=shared)
    return Fit(
        types=frozenset(suits.types),
        role=suits.role,
        role_rank=_ROLES.index(suits.role),
        component=suits.component,
        truth=truth,
        undecided=undecided,
        reads=frozenset(suits.when.reads()) if suits.when else frozenset(),
        reason=Reason(
            rule=f"treatments/{page.id}",
            verdict=Verdict.SUITABLE,
            text=suits.why,
            patient={"en": page.plain.en, "es": page.plain.es},
            sources=tuple(citation.id for citation in suits.sources),
            conflict=suits.conflict or "",
        ),
    )


def _ready(
    when: Condition | None,
    knowledge: Knowledge,
    *,
    shared: dict[str, tuple[Compiled, Undecided]],
) -> tuple[Compiled, Undecided]:
    if when is None:
        return _always, _nothing_open
    key = repr(when)
    if key not in shared:
        limits = Thresholds(named=knowledge.treatments_named)
        shared[key] = (compiled(when, limits), undecided_facts(when, limits))
    return shared[key]
