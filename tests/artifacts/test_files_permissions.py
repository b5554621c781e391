"""Files that a user may not read or write, in pyfakefs, where tests that root runs can act as another user.

test_files_hostile tests links, pipes, modes and kills in the real file system.
"""

import os
from collections.abc import Iterator

import dotenv.main  # before pyfakefs replaces the file system  # noqa: F401
import pytest
from pyfakefs.fake_filesystem import FakeFilesystem
from pyfakefs.helpers import reset_ids, set_gid, set_uid

from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable
from shared.settings.environment import Environment

ME, ANOTHER = 1000, 1001


@pytest.fixture
def work(fs: FakeFilesystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeFilesystem]:
    monkeypatch.setattr(os, "geteuid", os.getuid)  # pyfakefs has no effective user id
    set_uid(0)
    fs.create_dir("/job")
    os.chown("/job", ME, ME)
    os.chdir("/job")
    set_uid(ME)
    set_gid(ME)
    yield fs
    reset_ids()


def put(fs: FakeFilesystem, path: str, text: str, mode: int, owner: int) -> None:
    set_uid(0)
    fs.create_file(path, contents=text, st_mode=0o100000 | mode)
    os.chown(path, owner, owner)
    set_uid(ME)


def test_a_secrets_file_that_may_not_be_read_is_told_by_its_variable(work: FakeFilesystem) -> None:
    put(work, "/run/secrets/key", "from-a-file\n", 0o600, ANOTHER)
    with pytest.raises(ValueError, match="the file that KEY_FILE names: Permission denied"):
        Environment({"KEY_FILE": "/run/secrets/key"}, ["KEY"]).secret("KEY")


def test_a_secrets_file_of_another_that_may_be_read_is_read(work: FakeFilesystem) -> None:
    put(work, "/run/secrets/key", "from-a-file\n", 0o644, ANOTHER)
    assert Environment({"KEY_FILE": "/run/secrets/key"}, ["KEY"]).secret("KEY") == "from-a-file"


def test_a_dotenv_of_ones_own_is_read(work: FakeFilesystem) -> None:
    put(work, "/job/.env", "KEY=abcd\n", 0o600, ME)
    assert Environment({}, ["KEY"]).text("KEY") == "abcd"


def test_a_dotenv_of_another_is_refused_and_says_nothing(work: FakeFilesystem) -> None:
    put(work, "/job/.env", "KEY=abcd\n", 0o644, ANOTHER)
    environment = Environment({}, ["KEY"])
    assert (environment.text("KEY"), "another user" in str(environment.refused)) == (None, True)


def test_a_link_of_ones_own_to_a_file_of_another_is_refused(work: FakeFilesystem) -> None:
    put(work, "/else/settings", "KEY=abcd\n", 0o644, ANOTHER)
    os.symlink("/else/settings", "/job/.env")
    assert "another user" in str(Environment({}, ["KEY"]).refused)


def test_a_dotenv_that_may_not_be_read_is_refused(work: FakeFilesystem) -> None:
    put(work, "/job/.env", "KEY=abcd\n", 0o000, ME)
    assert "cannot be read: Permission denied" in str(Environment({}, ["KEY"]).refused)


def test_a_dotenv_of_root_is_read_by_everybody(work: FakeFilesystem) -> None:
    put(work, "/job/.env", "KEY=abcd\n", 0o644, 0)
    assert Environment({}, ["KEY"]).text("KEY") == "abcd"


@pytest.mark.parametrize("part", ["", "/fivetran-blueprints", "/fivetran-blueprints/responses"])
def test_a_read_only_folder_is_told_with_what_to_check(work: FakeFilesystem, part: str) -> None:
    work.create_dir(f"/job/shipyard-artifacts{part}")
    os.chmod(f"/job/shipyard-artifacts{part}", 0o555)  # noqa: S103  # nobody may write there
    artifacts = Artifacts(None, "fivetran")
    for use in (artifacts.check, lambda: artifacts.write("responses", "x", b"1")):
        with pytest.raises(ArtifactUnusable, match=r"Permission denied; check SHIPYARD_ARTIFACTS_DIRECTORY") as caught:
            use()
        assert caught.value.code == 207
    assert artifacts.written == []
