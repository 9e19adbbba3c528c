"""What people are told outside the product: by mail and text message."""
