"""Stretches: the first batches of a program's real training, with every event on both sides."""
