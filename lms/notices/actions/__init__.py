"""Changes to what people are told: laid out, called off, handed out, and how somebody wants to be told."""

from lms.notices.actions.choosing import choose
from lms.notices.actions.delivery import deliver_due, deliver_soon
from lms.notices.actions.laying import call_off, call_off_all, notify

__all__ = ["call_off", "call_off_all", "choose", "deliver_due", "deliver_soon", "notify"]
