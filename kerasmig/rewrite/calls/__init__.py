"""How calls are rewritten."""
