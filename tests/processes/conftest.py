import shutil
import tempfile
from pathlib import Path

import pytest

from tests.processes.installation import Installation


@pytest.fixture(scope="session")
def installation():
    """A running installation in a directory with a space in its name. A test that stops it starts it again."""
    directory = Path(tempfile.mkdtemp(prefix="lago install ", dir="/tmp"))
    directory.chmod(0o755)
    one = Installation(directory)
    try:
        one.start()
        yield one
    finally:
        if one.process.poll() is None:
            one.stop()
        shutil.rmtree(directory, ignore_errors=True)
