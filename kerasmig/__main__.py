"""``python -m kerasmig``."""

from kerasmig.cli import main

if __name__ == "__main__":
    main(prog_name="kerasmig")
