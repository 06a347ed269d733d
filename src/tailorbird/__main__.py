"""`python -m tailorbird`."""

from __future__ import annotations

from tailorbird.cli.app import main

if __name__ == "__main__":
    main()
