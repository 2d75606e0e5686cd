"""Load every knowledge page, or say which page is unsound, where and why."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cicatrix import vocabulary as v
from cicatrix.errors import PageError
from cicatrix.knowledge.complaints import complaints
from cicatrix.knowledge.document import Document, DocumentError, read_page_document
from cicatrix.knowledge.reading_page import (
    AssumptionPage,
    CautionPage,
    ConflictPage,
    EducationPage,
    QuestionPage,
    ScalePage,
    ScarTypePage,
    SetsPage,
)
from cicatrix.knowledge.rule_page import CombinationPage, RulePage
from cicatrix.knowledge.statements import Page, Piece, Source
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.vocabulary import nearest

PAGES = Path(__file__).parent / "pages"

P = TypeVar("P", bound=Piece)


class SourcesPage(Piece):
    """``sources.yaml``: everything that may be cited."""

    schema_: str = ""
    count: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """All pages, frozen, with the hash of their content as version."""

    version: str
    treatments: Mapping[str, TreatmentPage]
    rules: Mapping[str, RulePage]
    combinations: Mapping[str, CombinationPage]
    scales: Mapping[str, ScalePage]
    questions: Mapping[str, QuestionPage]
    cautions: Mapping[str, CautionPage]
    conflicts: Mapping[str, ConflictPage]
    education: Mapping[str, EducationPage]
    assumptions: Mapping[str, AssumptionPage]
    scar_types: Mapping[str, ScarTypePage]
    sets: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]
    #: Ids of pages that came from a clinic's own folder.
    local: frozenset[str] = field(default_factory=frozenset)
    _named: dict[tuple[str, ...], frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def treatments_named(self, words: Iterable[str]) -> frozenset[str]:
        """The treatments that a list of ids, ``group:`` and ``set:`` words stands for.

        Every plan asks for the same lists of the pages again, so each is looked up once.
        """
        key = tuple(words)
        named = self._named.get(key)
        if named is None:
            named = self._named[key] = frozenset(resolve(key, self.sets))
        return named

    def assumed(self, page: str, name: str) -> Any:
        """A value of an assumption page."""
        return self.assumptions[page].values[name]

    def pages(self) -> dict[str, Page]:
        """Every page by ``folder/id``."""
        return {
            f"{folder}/{name}": page
            for folder in FOLDERS
            for name, page in getattr(self, folder).items()
        }


FOLDERS: Mapping[str, type[Page]] = MappingProxyType(
    {
        "treatments": TreatmentPage,
        "rules": RulePage,
        "combinations": CombinationPage,
        "scales": ScalePage,
        "questions": QuestionPage,
        "cautions": CautionPage,
        "conflicts": ConflictPage,
        "education": EducationPage,
        "assumptions": AssumptionPage,
        "scar_types": ScarTypePage,
    }
)


@functools.cache
def load_knowledge(*, local: Path | None = None) -> Knowledge:
    """All shipped pages, and a clinic's own where a folder is given.

    Raises
    ------
    PageError
        Naming the file, the line and the fault of the first unsound page.
    """
    knowledge, faults = read_knowledge(local=local)
    if faults:
        raise PageError(faults[0])
    return knowledge


def read_knowledge(*, local: Path | None = None) -> tuple[Knowledge, list[str]]:
    """The sound pages, and one sentence for every fault of the others."""
    from cicatrix.knowledge.crosschecks import cross_faults

    shelf = Shelf()
    shelf.read_folder(PAGES)
    if local is not None:
        shelf.read_local(local)
    knowledge = shelf.knowledge()
    return knowledge, [*shelf.faults, *cross_faults(knowledge, shelf.documents)]


class Shelf:
    """Pages as they are read, with the faults found on the way."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.documents: dict[str, Document] = {}
        self.pages: dict[str, dict[str, Any]] = {folder: {} for folder in FOLDERS}
        self.local: set[str] = set()
        self.sources: dict[str, Source] = {}
        self.sets: dict[str, tuple[str, ...]] = {}
        self._hash = hashlib.sha256()

    def read_folder(self, root: Path) -> None:
        """Read the sources, the sets and every page below ``root``."""
        sources = self.read_page(root / "sources.yaml", SourcesPage)
        self.sources = {source.id: source for source in sources.sources} if sources else {}
        sets = self.read_page(root / "sets.yaml", SetsPage)
        raw = {name: page.treatments for name, page in sets.sets.items()} if sets else {}
        self.sets = {}
        for name, words in raw.items():
            try:
                self.sets[name] = tuple(sorted(resolve(words, raw)))
            except ValueError as error:
                self.faults.append(f"sets.yaml: set '{name}' {error}")
        for folder, model in FOLDERS.items():
            for path in sorted((root / folder).glob("*.yaml")):
                page = self.read_page(path, model)
                if page:
                    self.pages[folder][page.id] = page

    def read_local(self, root: Path) -> None:
        """Read a clinic's own rules and combinations, which may only make things stricter."""
        if not any(root.glob("rules/*.yaml")) and not any(root.glob("combinations/*.yaml")):
            self.faults.append(
                f"{root.name}: holds no pages. A folder with a clinic's own pages has a folder "
                "'rules' or 'combinations' with files that end in .yaml; name that folder, or "
                "leave it out."
            )
        for folder in ("rules", "combinations"):
            for path in sorted((root / folder).glob("*.yaml")):
                page = self.read_page(path, FOLDERS[folder])
                if page is None:
                    continue
                if page.id in self.pages[folder] and page.signed is None:
                    self.faults.append(
                        f"{path.name}: replaces the shipped page '{page.id}'. A clinic's own page "
                        "may only add; to loosen a shipped one a named clinician must sign it "
                        "('signed: {by: …, on: …, why: …}')"
                    )
                    continue
                if isinstance(page, CombinationPage) and page.kind == "same_day":
                    if page.signed is None:
                        self.faults.append(
                            f"{path.name}: allows two treatments on one day, which loosens the "
                            "plan; a named clinician must sign it "
                            "('signed: {by: …, on: …, why: …}')."
                        )
                        continue
                self.pages[folder][page.id] = page
                self.local.add(page.id)

    def read_page(self, path: Path, model: type[P]) -> P | None:
        """One page, or None when it is unsound; its faults are kept."""
        name = f"{path.parent.name}/{path.name}" if path.parent.name in FOLDERS else path.name
        try:
            document = read_page_document(path)
        except DocumentError as error:
            at = f"{name}, line {error.line}" if error.line else name
            self.faults.append(f"{at}: {error.message}")
            return None
        self._hash.update(f"{name}\n{document.value!r}\n".encode())
        page = self._validated(document, name, model)
        if page is not None and hasattr(page, "id") and page.id != path.stem:
            self.faults.append(f"{name}, line 1: has the id '{page.id}'; name the file so")
        self.documents[name] = document
        return page

    def _validated(self, document: Document, name: str, model: type[P]) -> P | None:
        value = document.value
        if not isinstance(value, dict):
            self.faults.append(f"{name}: holds no page (key: value)")
            return None
        if model is SourcesPage:
            value = {k if k != "schema" else "schema_": entry for k, entry in value.items()}
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.faults += [f"{name}, {fault}" for fault in complaints(error, document, model)]
            return None

    def knowledge(self) -> Knowledge:
        """What was read, frozen."""
        frozen = {folder: MappingProxyType(pages) for folder, pages in self.pages.items()}
        return Knowledge(
            version=self._hash.hexdigest()[:16],
            sets=MappingProxyType(self.sets),
            sources=MappingProxyType(self.sources),
            local=frozenset(self.local),
            **frozen,
        )


def resolve(words: Iterable[str], sets: Mapping[str, Iterable[str]]) -> set[str]:
    """The treatment ids behind ids, ``group:`` and ``set:`` words.

    Raises
    ------
    ValueError
        For a word that stands for nothing, with the nearest right one.
    """
    found: set[str] = set()
    for word in words:
        kind, _, name = word.rpartition(":")
        if kind == "group":
            if name not in v.TREATMENT_GROUPS:
                raise ValueError(f"knows no group '{name}'{nearest(name, v.TREATMENT_GROUPS)}")
            found |= set(v.TREATMENT_GROUPS[name])
        elif kind == "set":
            if name not in sets:
                raise ValueError(f"knows no set '{name}'{nearest(name, sets)}")
            found |= resolve([w for w in sets[name] if w != word], sets)
        elif word in v.TREATMENTS:
            found.add(word)
        else:
            raise ValueError(f"knows no treatment called '{word}'{nearest(word, v.TREATMENTS)}")
    return found


def sourced_pieces(piece: BaseModel) -> Iterable[tuple[str, ...]]:
    """The source ids of every statement inside a page."""
    for name in type(piece).model_fields:
        value = getattr(piece, name)
        if name == "sources":
            yield tuple(citation.id for citation in value)
            continue
        values = value.values() if isinstance(value, Mapping) else value
        for inner in (
            values if isinstance(values, (tuple, list)) or isinstance(value, Mapping) else (value,)
        ):
            if isinstance(inner, BaseModel):
                yield from sourced_pieces(inner)
