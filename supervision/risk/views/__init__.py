"""The red button's page, the page of each danger, and the rota."""

from .pages import follow_up, risk_beside, risk_list, risk_page, risk_step
from .rota import on_call, on_call_end, on_call_minutes
from .urgent import urgent

__all__ = [
    "follow_up",
    "on_call",
    "on_call_end",
    "on_call_minutes",
    "risk_beside",
    "risk_list",
    "risk_page",
    "risk_step",
    "urgent",
]
