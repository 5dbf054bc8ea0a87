"""Run the command line with ``python -m acoupi``."""

from acoupi.cli import main

if __name__ == "__main__":
    main()
