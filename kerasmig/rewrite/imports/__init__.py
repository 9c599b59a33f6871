"""How imports are rewritten."""
