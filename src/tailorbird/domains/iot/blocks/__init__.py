"""Building blocks of the IoT pack, by group; their functions stand as text in the folder `text`."""

from pathlib import Path

FOLDER = Path(__file__).parent / "text"
"""Where the functions stand; read as text, never imported."""
