"""What layers and models do to shapes."""
