"""Reading grades by textstat, without the pronouncing dictionary that it would download.

textstat asks a dictionary how many syllables an English word has, and fetches it from the
network. Here a rule counts them: each group of vowels is one, a silent e is none. On the words
of a handout it counts about as many as the dictionary, rather more than fewer, so that the
grade is not flattered.
"""

from __future__ import annotations

import re
from importlib import import_module

import textstat

_count_syllables = import_module("textstat.backend.counts._count_syllables")
_VOWELS = re.compile(r"[aeiouy]+")
#: Two vowels that are two syllables: skel-i-on, sci-ence, flu-id, re-act, vi-al.
_HIATUS = re.compile(r"ia(?!l$)|io(?!u|n)|iu|eo(?!u)|ua(?!l$|g)|uou|[^g]uid|ying|rea(?=c)")
#: Common words here that the rule gets wrong.
_SPOKEN = {"acne": 2, "area": 3, "areas": 3, "hyaluronic": 5, "layer": 2, "layers": 2, "people": 2}


def syllables(word: str) -> int:
    """How many syllables an English word has, by rule."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if word in _SPOKEN:
        return _SPOKEN[word]
    count = len(_VOWELS.findall(word)) + len(_HIATUS.findall(word))
    silent = re.search(r"[^aeiouy](e|es|ed)$", word) and not re.search(
        r"([^aeiouyrl]le|[^aeiouy]les|[td]ed|[cgsxz]es|[cs]hes)$", word
    )
    return max(1, count - 1 if silent else count)


class _ByRule:
    """Looks like the dictionary: a word gives its sounds, one with a digit a syllable."""

    def __getitem__(self, word: str) -> list[list[str]]:
        return [["V1"] * syllables(word)]


def english_grade(text: str) -> float:
    """The Flesch-Kincaid grade: the school year that can read the text."""
    kept = _count_syllables.get_cmudict
    _count_syllables.get_cmudict = lambda lang: _ByRule()
    try:
        textstat.set_lang("en")
        return textstat.flesch_kincaid_grade(text)
    finally:
        _count_syllables.get_cmudict = kept


def spanish_ease(text: str) -> float:
    """The Fernández Huerta ease: 60 and more is everyday Spanish."""
    textstat.set_lang("es")
    return textstat.fernandez_huerta(text)
