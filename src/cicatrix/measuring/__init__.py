"""Height maps to scars in numbers, each with its doubt; never a name or a grade."""

from cicatrix.measuring.catalogue import Survey, measure, survey
from cicatrix.measuring.flags import CAPTURE_FLAGS, SCAR_FLAGS

__all__ = ["CAPTURE_FLAGS", "SCAR_FLAGS", "Survey", "measure", "survey"]
