"""What makes the site. `model` in py/ is importable here, as it is in the browser."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "py"))
