"""The pieces of ``keras1_compat.py``: source text, never imported by kerasmig itself."""
