"""`python -m generator`."""

import sys

from generator.supervisor import main

if __name__ == "__main__":
    sys.exit(main())
