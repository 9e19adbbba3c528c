"""The pages of cases: `pages` to write, read and answer one, `words` about words that could show who somebody is."""
