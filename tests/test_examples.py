"""The example notebooks run from a clean kernel and are committed with small outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
LARGEST = 400_000


def texts(cell):
    """Return the plain-text outputs of a cell, without the progress a slow machine shows."""
    found = [
        output.get("data", {}).get("text/plain", output.get("text", ""))
        for output in cell.get("outputs", [])
        if "image/png" not in output.get("data", {}) and output.get("name") != "stderr"
    ]
    return [text for text in found if text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_with_small_outputs_and_opens_with_a_question(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count is not None for cell in code)
    assert path.stat().st_size < LARGEST
    assert notebook.cells[0].source.splitlines()[0].endswith("?")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_a_clean_kernel_and_shows_what_is_committed(path, tmp_path):
    committed = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    pairs = zip(committed.cells, notebook.cells, strict=True)
    tables = [(old, new) for old, new in pairs if "text/html" not in str(old.get("outputs"))]
    assert [texts(old) for old, _ in tables] == [texts(new) for _, new in tables]


def test_there_is_an_example():
    assert NOTEBOOKS
