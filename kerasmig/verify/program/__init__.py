"""What runs inside a worker, around the code of the user."""
