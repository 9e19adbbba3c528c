"""A person's front page, made of panels that others register."""
