"""One text: its positions, its syntax tree, changes to it."""
