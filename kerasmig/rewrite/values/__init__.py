"""How argument values are rewritten."""
