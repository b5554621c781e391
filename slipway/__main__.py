"""``python -m slipway``: the same as the command ``slipway``."""

import os
import sys

if sys.path[:1] == [os.getcwd()]:  # -m puts the working directory first, and nothing must be imported from there
    del sys.path[0]

from slipway.command import main

raise SystemExit(main())
