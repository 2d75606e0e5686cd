"""The library of clinical pages: ``load_knowledge()`` gives them all, checked and frozen."""

from cicatrix.knowledge.loader import Knowledge, load_knowledge, read_knowledge

__all__ = ["Knowledge", "load_knowledge", "read_knowledge"]
