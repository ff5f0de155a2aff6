"""Print the data dictionary as a page: `python -m schemas > docs/data-dictionary.md`.

Belongs here: that one command. Does not belong here: what the page says (`schemas/render.py`).
"""

import sys

from schemas.render import dictionary_markdown

if __name__ == "__main__":
    sys.stdout.write(dictionary_markdown())
