"""`python -m pipeline`."""

import sys

from pipeline.cli import main

if __name__ == "__main__":  # a process forked for a kernel looks this module up without running it
    sys.exit(main())
