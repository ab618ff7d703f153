"""The Python blocks of the documentation are run, and the reference leaves nothing out."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import sysvitals

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks():
    for page in ("docs/index.md", "docs/recipes.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for found in BLOCK.finditer(text):
            # An error then shows the line of the page.
            start = text.count("\n", 0, found.start(1))
            heading = re.findall(r"^#+ (.*)$", text[: found.start()], re.MULTILINE)[-1]
            source = "\n" * start + textwrap.dedent(found.group(1))
            yield pytest.param(page, source, id=f"{Path(page).stem}-{heading}-{start}")


@pytest.mark.parametrize(("page", "source"), list(blocks()))
def test_block(page, source):
    run = f"exec(compile({source!r}, {page!r}, 'exec'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", run],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_reference_is_complete():
    reference = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    from sysvitals import _ntuples

    named = set(re.findall(r"`(\w+)", reference))
    names = {*sysvitals.__all__, *_ntuples._FIELDS}
    names |= {name for name in vars(sysvitals.Process) if not name.startswith("_")}
    assert not names - named
    for fields in _ntuples._FIELDS.values():
        assert not set(fields.split()) - named
