"""Pictures that belong to a case: a drawing, a family tree; sealed, and never among the pictures of the site."""
