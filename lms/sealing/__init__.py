"""Texts that only the product can read: encryption of single fields, and MACs over what was sent."""
