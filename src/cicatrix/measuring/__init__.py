"""Height maps to scars in numbers, each with its doubt; never a name or a grade."""

from cicatrix.measuring.catalogue import Survey, measure, survey

__all__ = ["Survey", "measure", "survey"]
