"""The variables of a declaration: absent ones, invalid ones, and all problems in one message."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import InvalidInput, InvalidInterval
from shared.redaction import Redactor
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER, MOMENT, SECRET, TEXT, URL, Kind, select, whole_number
from shared.settings.objects import JSON_OBJECT
from shared.settings.spans import seconds

NOT_GIVEN = ("", " ", "\t\n", "None", "none", "NONE", " None ")


class Plain(Settings):
    key = Variable("SLIPWAY_TEST_KEY", SECRET, "the key")
    connector_id = Variable("FIVETRAN_TEST_ID", IDENTIFIER, "the id")
    flag = Variable("SLIPWAY_TEST_FLAG", BOOLEAN, "a switch", False)
    pause = Variable("SLIPWAY_TEST_PAUSE", seconds(1, 3600), "a pause", 15.0)
    timeout = Variable("SLIPWAY_TEST_TIMEOUT", seconds(1, 60), "a timeout", 5.0)
    word = Variable("SLIPWAY_TEST_WORD", select("fail", "skip"), "a word", "fail")
    number = Variable("SLIPWAY_TEST_NUMBER", whole_number((1, 5, 60)), "a number", 60)
    text = Variable("SLIPWAY_TEST_TEXT", TEXT, "a text", None)


GOOD = {"SLIPWAY_TEST_KEY": "key-of-the-tests", "FIVETRAN_TEST_ID": "speak_inexpensive"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # .env is read in the working directory


def refused(environ: dict[str, str], declaration: type[Settings] = Plain) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        declaration(environ)
    return caught.value


@pytest.mark.parametrize("text", NOT_GIVEN)
@pytest.mark.parametrize("variable", [v for v in Plain.variables() if not v.required], ids=lambda v: v.name)
def test_what_says_nothing_is_not_given(variable: Variable[Any], text: str) -> None:
    assert Plain(GOOD | {variable.name: text}).values[variable.field] == variable.default


@pytest.mark.parametrize("text", NOT_GIVEN)
@pytest.mark.parametrize("name", GOOD)
def test_what_says_nothing_does_not_satisfy_a_requirement(name: str, text: str) -> None:
    error = refused(GOOD | {name: text})
    assert (error.code, f"{name} is required" in error.message) == (206, True)


def test_an_absent_variable_is_not_given() -> None:
    error = refused({})
    assert "SLIPWAY_TEST_KEY is required (or SLIPWAY_TEST_KEY_FILE): the key" in error.message
    assert "FIVETRAN_TEST_ID is required: the id" in error.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (spelling, value)
        for value, words in ((True, "true yes on 1"), (False, "false no off 0"))
        for word in words.split()
        for spelling in (word, word.upper(), word.title(), f" {word}\n")
    ],
)
def test_every_spelling_of_a_boolean_is_read(text: str, value: bool) -> None:
    assert Plain(GOOD | {"SLIPWAY_TEST_FLAG": text}).flag is value


@pytest.mark.parametrize("text", ["Ture", "tru\u0435", "2", "-1", "01", "y", "t", "null", "nil", "yes no", "\uff11"])
def test_what_is_neither_true_nor_false_is_refused(text: str) -> None:
    error = refused(GOOD | {"SLIPWAY_TEST_FLAG": text})
    assert error.code == 206
    assert "SLIPWAY_TEST_FLAG" in error.message
    assert json.dumps(text, ensure_ascii=False) in error.message
    assert "neither TRUE nor FALSE" in error.message


ALL_WRONG = {
    "SLIPWAY_TEST_KEY": "abc",
    "FIVETRAN_TEST_ID": "a/b",
    "SLIPWAY_TEST_FLAG": "Ture",
    "SLIPWAY_TEST_PAUSE": "0",
    "SLIPWAY_TEST_TIMEOUT": "an hour",
    "SLIPWAY_TEST_WORD": "perhaps",
    "SLIPWAY_TEST_NUMBER": "7",
}


def test_all_problems_are_told_at_once_in_the_order_of_declaration() -> None:
    error = refused(dict(reversed(ALL_WRONG.items())))
    assert error.code == 206
    places = [error.message.index(name) for name in ALL_WRONG]
    assert places == sorted(places)


def test_what_is_wrong_with_several_together_is_told_in_its_place_and_once() -> None:
    class Checked(Plain):
        def cross_check(self) -> Iterator[Problem]:
            assert self.connector_id is None  # it could not be loaded
            yield Problem("SLIPWAY_TEST_KEY", "does not go with the flag")
            yield Problem("FIVETRAN_TEST_ID", "is told already")

    message = refused(ALL_WRONG | {"SLIPWAY_TEST_KEY": "key-of-the-tests"}, Checked).message
    assert message.startswith('SLIPWAY_TEST_KEY does not go with the flag; FIVETRAN_TEST_ID "a/b"')
    assert "told already" not in message


def test_a_class_of_higher_rank_is_told_later_and_declared_anew_only_once() -> None:
    class Late(Settings):
        rank = 2
        late = Variable("SLIPWAY_LATE", IDENTIFIER, "late")

    class First(Settings):
        rank = 0
        early = Variable("SLIPWAY_EARLY", IDENTIFIER, "early")

    class Both(Late, First):
        own = Variable("SLIPWAY_OWN", IDENTIFIER, "own")
        late = Variable("SLIPWAY_LATE", IDENTIFIER, "another help")

    assert [v.name for v in Both.variables()] == ["SLIPWAY_EARLY", "SLIPWAY_OWN", "SLIPWAY_LATE"]
    assert refused({}, Both).message.endswith("SLIPWAY_LATE is required: another help")


@pytest.mark.parametrize(
    ("wrong", "code", "kind"),
    [
        ({"SLIPWAY_TEST_PAUSE": "0"}, 205, InvalidInterval),
        ({"SLIPWAY_TEST_PAUSE": "0", "SLIPWAY_TEST_TIMEOUT": "61"}, 205, InvalidInterval),
        ({"SLIPWAY_TEST_PAUSE": "0", "SLIPWAY_TEST_FLAG": "Ture"}, 206, InvalidInput),
        ({"SLIPWAY_TEST_PAUSE": "0", "FIVETRAN_TEST_ID": ""}, 206, InvalidInput),
        ({"SLIPWAY_TEST_FLAG": "Ture"}, 206, InvalidInput),
    ],
)
def test_only_intervals_alone_are_205(wrong: dict[str, str], code: int, kind: type) -> None:
    error = refused(GOOD | wrong)
    assert (error.code, type(error)) == (code, kind)


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "0.5", "3601", "1e3", "nan", "inf", "fifteen", "1_000", "٣", "1.", ".5", "2h", "0s", "61m", "5 m 3"],
)
def test_an_interval_out_of_range_says_which_range(text: str) -> None:
    error = refused(GOOD | {"SLIPWAY_TEST_PAUSE": text})
    assert (error.code, "; use 1 to 3600 seconds, or as in 90s, 5m or 1h" in error.message) == (205, True)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), ("3600", 3600.0), (" 1.5 ", 1.5), ("0015", 15.0), ("15 s", 15.0), ("5m", 300.0)],
)
def test_an_interval_within_range_means_exactly_that(text: str, value: float) -> None:
    assert Plain(GOOD | {"SLIPWAY_TEST_PAUSE": text}).pause == value


@pytest.mark.parametrize(
    ("text", "value"), [("1H", 3600.0), ("2 minutes", 120.0), ("1min30sec", 90.0), ("0.5 hours", 1800.0), ("90s", 90.0)]
)
def test_an_interval_may_have_units(text: str, value: float) -> None:
    assert Plain(GOOD | {"SLIPWAY_TEST_PAUSE": text}).pause == value


@pytest.mark.parametrize("text", ["xyz", "a\nbcdef", "abcdef\n", "ab\tcdef", "abc\x00def", "abc\u202edef", "abc\udce9"])
def test_a_secret_that_could_not_be_hidden_is_refused_unseen(text: str) -> None:
    error = refused(GOOD | {"SLIPWAY_TEST_KEY": text})
    assert error.code == 206
    assert error.message.startswith("SLIPWAY_TEST_KEY ")
    assert text not in error.message


@pytest.mark.parametrize("text", ["abcd", "pass word", "pässwörd", " lead", "trail "])
def test_a_secret_is_taken_as_it_is(text: str) -> None:
    assert Plain(GOOD | {"SLIPWAY_TEST_KEY": text}).key == text


def test_a_secret_pasted_into_another_variable_is_hidden_in_the_message() -> None:
    redactor = Redactor()
    with pytest.raises(InvalidInput) as caught:
        Plain({"SLIPWAY_TEST_KEY": "hunter2-hunter2!", "FIVETRAN_TEST_ID": "hunter2-hunter2!"}, redactor)
    assert "hunter2" not in redactor.text(caught.value.message)


@pytest.mark.parametrize(
    "text",
    [
        "a/b",
        "..",
        ".",
        "a.b",
        "a\nb",
        "speak_inexpensive\n\nx",
        "a" * 129,
        "a" * 300,
        "a b",
        "é",
        "१२३",
        "a\x00b",
        "a%2fb",
        "-" * 200,
        "a:b",
        "{id}",
        "\uff41",
        "a\u200bb",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    error = refused(GOOD | {"FIVETRAN_TEST_ID": text})
    assert error.code == 206
    assert "FIVETRAN_TEST_ID" in error.message
    assert "1 to 128 letters, digits, underscores or dashes" in error.message or "takes one id" in error.message
    assert error.message.isprintable()
    assert len(error.message) < 300


@pytest.mark.parametrize("text", ["speak_inexpensive", "a", "A-9_", "-", "a" * 128, " padded ", "ended\n"])
def test_an_id_is_taken_without_the_space_around_it(text: str) -> None:
    assert Plain(GOOD | {"FIVETRAN_TEST_ID": text}).connector_id == text.strip()


def value_of(kind: Kind[Any], text: str) -> Any:
    return kind.parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://api.fivetran.com/v1", "https://api.fivetran.com/v1"),
        ("https://api.fivetran.com/v1/", "https://api.fivetran.com/v1"),
        ("HTTPS://api.example.com", "https://api.example.com"),
        ("HTTP://api.example.com", "http://api.example.com"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_a_url_is_taken_in_one_form(text: str, value: str) -> None:
    assert value_of(URL, text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("api.fivetran.com/v1", "no http or https URL"),
        ("//api.fivetran.com/v1", "no http or https URL"),
        ("ftp://api.fivetran.com", "no http or https URL"),
        ("file:///etc/passwd", "no http or https URL"),
        ("https://", "no http or https URL"),
        ("https:/api.fivetran.com", "no http or https URL"),
        ("https://api.fivetran.com:99999", "no URL"),
        ("https://api.fivetran.com:0", "no http or https URL"),
        ("https://api.fivetran.com:port", "no URL"),
        ("https://[::1", "no URL"),
        ("https://api.fivetran.com/v1?x=1", "query or fragment"),
        ("https://api.fivetran.com/v1?", "query or fragment"),
        ("https://api.fivetran.com/v1#top", "query or fragment"),
        ("https://api .fivetran.com", "no http or https URL"),
        ("https://api.fivetran.com/\tv1", "no http or https URL"),
        ("https://api.fivetran.com\r\nHost: evil", "no URL"),
        ("http://evil.example\\.localhost/", "no http or https URL"),
        ("http://evil.example\\@localhost/", "user name or password"),
        ("https://api。fivetran。com", "no http or https URL"),
        ("https://user@api.fivetran.com", "user name or password"),
        ("https://@api.fivetran.com", "user name or password"),
    ],
)
def test_what_is_no_base_url_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        value_of(URL, text)


@pytest.mark.parametrize(
    "text",
    [
        "https://me:hunter2@api.fivetran.com/v1",
        "me:hunter2@api.fivetran.com",
        "https:/me:hunter2@api.fivetran.com",
        "https://me:hunter2%40@x",
        "http://me:hunter2@[::1",
        "https://ok/v1?token=hunter2",
        "https://ok/#hunter2",
    ],
)
def test_a_password_in_a_url_is_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="give") as caught:
        value_of(URL, text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "paused",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": -Infinity}',
        "[" * 3000,
        "[]",
        "1",
        "null",
        '"x"',
        '{"a":' * 150 + "1" + "}" * 150,
        '{"a": 1} x',
    ],
)
def test_what_is_no_json_object_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"object|nested|quotes") as caught:
        value_of(JSON_OBJECT, text)
    assert len(str(caught.value)) < 250


def test_a_json_object_is_read() -> None:
    assert value_of(JSON_OBJECT, '{"a": {"b": [1, 2.50, "é"]}}') == {"a": {"b": [1, 2.5, "é"]}}


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-11-22T06:17:05",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "1" * 100,
    ],
)
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    class Timed(Settings):
        when = Variable("FIVETRAN_EXECUTION_TIME", MOMENT, "when", None)

    error = refused({"FIVETRAN_EXECUTION_TIME": text}, Timed)
    assert (error.code, error.message.startswith("FIVETRAN_EXECUTION_TIME ")) == (206, True)
    assert len(error.message) < 200


def test_a_secrets_file_is_cut_by_one_newline(tmp_path: Path) -> None:
    for content, value in (
        (b"from-a-file", "from-a-file"),
        (b"from-a-file\n", "from-a-file"),
        (b"from-a-file\r\n", "from-a-file"),
        (b" from a file \n", " from a file "),
    ):
        (tmp_path / "secret").write_bytes(content)
        environ = GOOD | {"SLIPWAY_TEST_KEY": "None", "SLIPWAY_TEST_KEY_FILE": str(tmp_path / "secret")}
        assert Plain(environ).key == value


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"two-newlines\n\n", "line break"),
        (b"two\nlines", "line break"),
        (b"\xff\xfe\x00bad", "not text"),
        (b"x" * (1 << 20) + b"y", "more than"),
        (b"abc\n", "shorter than 4"),
        (b"\n", "is required"),
        (b"", "is required"),
        (b"None\n", "is required"),
    ],
)
def test_a_secrets_file_that_is_no_use_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    error = refused({"FIVETRAN_TEST_ID": "a", "SLIPWAY_TEST_KEY_FILE": str(tmp_path / "secret")})
    assert error.code == 206
    assert error.message.startswith("SLIPWAY_TEST_KEY ")
    assert says in error.message


def test_a_secrets_file_that_cannot_be_read_is_told_by_its_variable_not_its_path(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "missing", tmp_path / "folder", tmp_path / "folder" / "x" / "y", Path("nul\x00byte")):
        error = refused({"FIVETRAN_TEST_ID": "a", "SLIPWAY_TEST_KEY_FILE": str(path)})
        assert error.code == 206
        assert error.message.startswith("SLIPWAY_TEST_KEY ")
        assert str(tmp_path) not in error.message  # the value may be the secret itself, given in the wrong variable


def test_a_secret_and_its_file_both_given_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file")
    error = refused(GOOD | {"SLIPWAY_TEST_KEY_FILE": str(tmp_path / "secret")})
    assert error.message == "SLIPWAY_TEST_KEY and SLIPWAY_TEST_KEY_FILE are both given; keep one of them"


def test_a_name_of_ours_that_is_not_known_stops_the_run_and_is_told_with_the_right_one() -> None:
    error = refused(GOOD | {"SLIPWAY_TEST_FLAGG": "TRUE", "SLIPWAY_ELSE": "x", "OTHER_TEST_FLAGG": "x"})
    assert error.code == 206
    assert error.message == (
        "SLIPWAY_ELSE is not a setting. Nothing was sent (SLIPWAY_IGNORE=SLIPWAY_ELSE if it is another program's); "
        "SLIPWAY_TEST_FLAGG is not a setting; did you mean SLIPWAY_TEST_FLAG? Nothing was sent "
        "(SLIPWAY_IGNORE=SLIPWAY_TEST_FLAGG if it is another program's)"
    )


def test_a_file_for_what_is_no_secret_is_told_with_those_that_may_be_files() -> None:
    (warning,) = Plain(GOOD | {"FIVETRAN_TEST_ID_FILE": "/run/id", "SLIPWAY_TEST_TEXT_FILE": " "}).warnings
    said = "FIVETRAN_TEST_ID_FILE is not read: only SLIPWAY_TEST_KEY may come from files; set FIVETRAN_TEST_ID itself"
    assert warning == said


def test_a_required_name_that_was_given_as_a_file_is_told_with_the_refusal() -> None:
    error = refused({"SLIPWAY_TEST_KEY": "key-of-the-tests", "FIVETRAN_TEST_ID_FILE": "/run/id"})
    assert "FIVETRAN_TEST_ID is required" in error.message
    assert "FIVETRAN_TEST_ID_FILE is not read" in error.message
    assert "did you mean" not in error.message


def test_a_misspelt_name_without_a_value_is_no_matter() -> None:
    assert Plain(GOOD | {"SLIPWAY_TEST_FLAGG": " ", "SLIPWAY_TEST_WORT": "None"}).warnings == []


def test_a_required_name_that_is_misspelt_is_told_with_the_refusal() -> None:
    error = refused({"SLIPWAY_TEST_KEY": "key-of-the-tests", "FIVETRAN_TEST_DI": "speak_inexpensive"})
    assert "FIVETRAN_TEST_ID is required" in error.message
    assert "FIVETRAN_TEST_DI is not a setting; did you mean FIVETRAN_TEST_ID?" in error.message


def test_another_blueprints_name_is_no_misspelling() -> None:
    class Checks(Settings):
        wait = Variable("FIVETRAN_ON_PAUSE", BOOLEAN, "nearly what another declares", False)

    assert Checks({"FIVETRAN_ON_PAUSED": "skip"}).warnings == []
    with pytest.raises(InvalidInput, match="FIVETRAN_ON_PAUSEE is not a setting; did you mean FIVETRAN_ON_PAUSE"):
        Checks({"FIVETRAN_ON_PAUSEE": "skip"})


def test_settings_cannot_be_set() -> None:
    settings = Plain(GOOD)
    with pytest.raises(AttributeError, match="frozen"):
        settings.flag = True  # type: ignore[misc]  # that it cannot be is what is tested
