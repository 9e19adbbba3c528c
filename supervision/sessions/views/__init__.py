"""Pages of meetings: `pages` to plan and find them, `after` to correct who was there and to look back at advice."""
