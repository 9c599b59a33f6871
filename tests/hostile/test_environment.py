"""What a program finds in its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.verify.caller.environment import program_environment


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "TF_TOKEN_app_terraform_io", "SSH_AUTH_SOCK",
        "https_proxy", "PIP_INDEX_URL", "XDG_RUNTIME_DIR", "PYPI_PASSWORD", "DATABASE_URL",
    ):  # fmt: skip
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.mark.usefixtures("secrets")
def test_no_secret_is_passed_on(tmp_path: Path) -> None:
    found = program_environment(tmp_path / "home", ())
    assert "secret" not in found.values()
    assert found["LC_ALL"] == "C.UTF-8" and "PATH" in found
    assert found["HOME"] == str(tmp_path / "home") and not list((tmp_path / "home").iterdir())


@pytest.mark.usefixtures("secrets")
def test_what_the_user_names_is(tmp_path: Path) -> None:
    found = program_environment(tmp_path / "home", ("DATABASE_URL", "DATA=/data", "NOT_SET"))
    assert (found["DATABASE_URL"], found["DATA"]) == ("secret", "/data")
    assert "NOT_SET" not in found and "GITHUB_TOKEN" not in found
