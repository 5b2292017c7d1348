"""What every test shares."""

import os
import shutil
import subprocess

import matplotlib as mpl
import pytest
from hypothesis import settings

# Compilation of a kernel counts towards its first example, so no deadline.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# No test needs a display.
mpl.use("Agg")


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """Converts a file, in a profile of its own so that no other office is in the way."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        if os.environ.get("HCRISK_REQUIRE_OFFICE") == "1":
            pytest.fail("HCRISK_REQUIRE_OFFICE is 1, and there is no soffice on PATH")
        pytest.skip("needs LibreOffice (soffice), which is not installed")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(file, kind, folder):
        done = subprocess.run(
            [program, f"-env:UserInstallation={profile}", "--headless",
             "--convert-to", kind, "--outdir", str(folder), str(file)],
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        made = folder / f"{file.stem}.{kind}"
        assert made.exists(), done.stdout + done.stderr
        return made

    return convert
