"""The tools that strike a sensor at random are importable here."""

import sys
from pathlib import Path

TOOLS = Path(__file__).parents[2] / "tools"

sys.path.insert(0, str(TOOLS))
