"""Somebody may be in danger: the red button, who is on call, and what was done until the person was safe."""
