"""What supervised people say about their supervision."""
