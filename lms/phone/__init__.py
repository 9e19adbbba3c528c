"""The provider's phone: what it keeps of a person, under which key, and the installable app."""
