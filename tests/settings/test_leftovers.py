"""Characters that are copied along with a value: the message names them and never repeats a credential."""

import pytest

from shared.settings.leftovers import is_placeholder, of_refused_value, of_secret, unprintable

KEPT = "remove them (docker --env-file keeps quotes)"
ODD = [
    ('"Tq4zSecret"', f"KEY begins and ends with quotes; {KEPT}"),
    ("'Tq4zSecret'", f"KEY begins and ends with quotes; {KEPT}"),
    ('Tq4zSecret"', f"KEY ends with quotes; {KEPT}"),
    ("\u201cTq4zSecret\u201d", "KEY begins and ends with smart quotes; remove them"),
    ("\u2018Tq4zSecret", "KEY begins with smart quotes; remove them"),
    ("Tq4zSecret ", "KEY ends with a blank; remove it"),
    (" Tq4zSecret", "KEY begins with a blank; remove it"),
    ("${FIVETRAN_SECRET}", "KEY holds ${, so a variable in it was not filled in"),
    ("${{ secrets.SECRET }}", "KEY holds ${, so a variable in it was not filled in"),
    ("{{ var.value.secret }}", "KEY holds {{, so a variable in it was not filled in"),
    ("$SECRET", "KEY holds $SECRET, so a variable in it was not filled in"),
    ("....", "KEY: is it still the placeholder?"),
    ("your-key", "KEY: is it still the placeholder?"),
    ("your_api_secret_here", "KEY: is it still the placeholder?"),
    ("<api key>", "KEY: is it still the placeholder?"),
    ("XXXXXXXX", "KEY: is it still the placeholder?"),
    ("changeme", "KEY: is it still the placeholder?"),
    ("Bearer Tq4zSecret", "KEY begins with Bearer; give only what comes after it"),
    ("Basic VHE0eg==", "KEY begins with Basic; give only what comes after it"),
    ("/run/secrets/key", "KEY looks like the name of a file; the content of a file is read with KEY_FILE"),
    (__file__, "KEY looks like the name of a file; the content of a file is read with KEY_FILE"),
]


@pytest.mark.parametrize(("text", "said"), ODD)
def test_what_is_odd_about_a_credential(text: str, said: str) -> None:
    assert of_secret("KEY", text) == said
    assert "Tq4z" not in said


@pytest.mark.parametrize(
    "text",
    ["Vmw9RkeyOfMine", "a/b+c==", "/9j4AAQSkZJRg", "p$ssw0rd", "it's", "keyhole", "xylophone", "secrets of state"],
)
def test_a_credential_that_may_be_right_raises_no_doubt(text: str) -> None:
    assert of_secret("KEY", text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"TRUE"', f"has quotes around it; {KEPT}"),
        ("'speak_inexpensive'", f"has quotes around it; {KEPT}"),
        ("`60`", f"has quotes around it; {KEPT}"),
        ("\u201cspeak_inexpensive\u201d", "has smart quotes around it; remove them"),
        ("${CONNECTOR}", "holds ${, so a variable in it was not filled in"),
        ("<connector_id>", "is still the placeholder; give the value itself"),
        ("a/b", None),
        ("it's", None),
        ('"', None),
    ],
)
def test_what_is_odd_about_another_value(text: str, said: str | None) -> None:
    assert of_refused_value(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\u00a0secret", "begins with a no-break space"),
        ("secret\n", "ends with a line break"),
        ("sec\nret", "holds a line break"),
        ("sec\tret", "holds a tab"),
        ("\u200bsecret", "begins with an invisible character"),
        ("secret\x07", "ends with a control character"),
    ],
)
def test_the_character_that_does_not_show(text: str, said: str) -> None:
    assert unprintable(text) == said


@pytest.mark.parametrize("text", ["speak_inexpensive", "projected_sickle", "your", "key_west", "749c19dc"])
def test_an_id_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)
