"""The code base: its files, the imports between them, its settings and requirements."""
