"""The pages of /learn/ as a person sees them."""
