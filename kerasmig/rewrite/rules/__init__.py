"""Changes that are more than a mapping of arguments: one module per kind of change."""
