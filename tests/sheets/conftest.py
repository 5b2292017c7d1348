import pytest

from tests.sheets.common import Sheets, template_bytes


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sheets")


@pytest.fixture(scope="session")
def book(folder):
    """The template of mid-market, shared: whoever fills it in clears it."""
    file = folder / "mine.xlsx"
    file.write_bytes(template_bytes("mid-market", str(folder)))
    return Sheets(file)


@pytest.fixture
def sheets(book):
    yield book
    book.clear()
