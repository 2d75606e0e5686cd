"""Findings, intake and pages to decisions and courses: the room in which it is decided."""

from cicatrix.planning.planner import plan

__all__ = ["plan"]
