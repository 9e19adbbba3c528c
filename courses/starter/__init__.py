"""The course that comes with Tandem, and the demo people's way through it."""
