"""What objects in the code are: models, generators, numbers."""
