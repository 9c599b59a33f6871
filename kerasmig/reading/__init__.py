"""From bytes to program text: first look, notebooks, Python 2."""
