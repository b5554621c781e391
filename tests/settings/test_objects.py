"""Which parts of a JSON object are secret, and that it may come from a file."""

import json
from pathlib import Path

import pytest

from shared.errors import InvalidInput
from shared.redaction import secret_leaves, text_leaves
from shared.settings.declaration import Settings, Variable
from shared.settings.objects import JSON_ALL_SECRET, JSON_WITH_SECRETS


class Declared(Settings):
    config = Variable("FIVETRAN_CONFIG", JSON_WITH_SECRETS, "config", None)
    auth = Variable("FIVETRAN_AUTH", JSON_ALL_SECRET, "auth", None)


def test_leaves_with_a_secrets_name_are_secret_at_any_depth() -> None:
    value = {"host": "db.example.com", "password": "hunter22", "deep": [{"api_key": ["one-key", "two-key"]}]}
    assert secret_leaves(value) == ["hunter22", "one-key", "two-key"]


def test_of_a_named_secret_the_value_is_secret_and_not_its_name() -> None:
    assert secret_leaves({"connection_string": "host=a;pwd=b", "pat": "ghp_1", "path": "public"}) == [
        "host=a;pwd=b",
        "ghp_1",
    ]
    assert secret_leaves({"secrets_list": [{"key": "token", "value": "the-value"}]}) == ["the-value"]


def test_every_text_of_auth_is_secret() -> None:
    assert text_leaves({"a": "some-text", "b": [{"c": "more-text"}, 7, "abc"]}) == ["some-text", "more-text"]


def test_a_json_variable_with_secrets_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"password": "hunter22"}) + "\n")
    settings = Declared({"FIVETRAN_CONFIG_FILE": str(file), "FIVETRAN_AUTH": '{"any": "thing-there"}'})
    assert settings.config == {"password": "hunter22"}
    assert sorted(settings.secrets()) == ["hunter22", "thing-there"]


def test_both_forms_given_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="FIVETRAN_CONFIG and FIVETRAN_CONFIG_FILE are both given"):
        Declared({"FIVETRAN_CONFIG_FILE": "x", "FIVETRAN_CONFIG": "{}"})


def test_what_is_no_object_is_refused_without_showing_it() -> None:
    with pytest.raises(InvalidInput, match="FIVETRAN_AUTH is JSON but not an object") as error:
        Declared({"FIVETRAN_AUTH": '["hunter22"]'})
    assert "hunter22" not in error.value.message


def test_names_that_only_hold_secrets_count_and_names_like_them_do_not() -> None:
    value = {"connection_string": "host=a;pwd=b", "pat": "ghp_1", "path": "public"}
    assert secret_leaves(value) == ["host=a;pwd=b", "ghp_1"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('\'{"password": "hunter22"}\'', "has quotes around it; remove them"),
        ("\u201c{}\u201d", "has smart quotes around it"),
        ("{{ params.config }}", "holds {{, so a variable in it was not filled in"),
        ("${CONFIG}", "holds ${, so a variable in it was not filled in"),
        ("<config>", "is still the placeholder"),
        ("$hunter22", "is not JSON"),
    ],
)
def test_what_was_copied_along_with_an_object_is_named_and_the_text_is_not(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as error:
        Declared({"FIVETRAN_CONFIG": text})
    assert error.value.message.startswith(f"FIVETRAN_CONFIG {says}")
    assert "hunter22" not in error.value.message
