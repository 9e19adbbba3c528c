"""Who and where: user, provider, consent, organisational unit."""
