import io
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from local.assets import code, package


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_takes_what_the_staged_asset_takes_as_the_repository_has_it_now(tmp_path: Path) -> None:
    staged = write(tmp_path / "staged", shared__a="old", functions__init="old", functions__hook__handler="old")
    repository = write(
        tmp_path / "repository",
        shared__a="new",
        shared__deep__b="new",
        functions__init="new",
        functions__hook__handler="new",
        functions__other__handler="not taken",
        local__c="not taken",
    )
    assert code(staged, repository) == {
        "shared/a": b"new",
        "shared/deep/b": b"new",
        "functions/init": b"new",
        "functions/hook/handler": b"new",
    }


def test_leaves_byte_code_out(tmp_path: Path) -> None:
    staged = write(tmp_path / "staged", functions__init="")
    repository = write(tmp_path / "repository", functions__init="")
    (repository / "functions" / "x.pyc").touch()
    (staged / "functions" / "x.pyc").touch()
    assert set(code(staged, repository)) == {"functions/init"}


@given(st.dictionaries(st.text("abc/", min_size=1), st.binary()))
def test_a_package_holds_its_files(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(package(files).content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_equal_files_are_equal_packages_whatever_their_order() -> None:
    assert package({"a": b"1", "b": b"2"}) == package({"b": b"2", "a": b"1"})
    assert package({"a": b"1"}).key != package({"a": b"2"}).key
