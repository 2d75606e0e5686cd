"""From a relief to plain values that can be drawn; nothing is measured here, nothing laid out."""

from cicatrix.picturing.pictures_of import pictures_of

__all__ = ["pictures_of"]
