"""Supervision groups: who meets regularly with whom, and what they promised each other."""
