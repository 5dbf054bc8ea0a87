"""Say what the published batdetect2 package finds in files; run by the Python that has it.

    PYTHON tests/tools/bat_oracle.py FILE ...

Prints one JSON object: file name to a list of calls, each with what the package says of it.
"""

import json
import sys
import warnings
from pathlib import Path

LEAST = 0.1


def main() -> None:
    warnings.simplefilter("ignore")
    from batdetect2 import api  # type: ignore[import-not-found]

    config = api.get_config(detection_threshold=LEAST)
    found = {
        Path(path).name: api.process_file(path, config=config)["pred_dict"]["annotation"]
        for path in sys.argv[1:]
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
