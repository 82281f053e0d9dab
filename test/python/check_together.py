"""Together's own check of a file before upload, as a JSON line: check_together.py FILE"""

import json
import sys

try:
    from together.lib.utils.files import check_file  # from 2.x on
except ImportError:
    from together.utils import check_file

print(json.dumps(check_file(sys.argv[1]), default=str))
