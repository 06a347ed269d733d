import pytest

from tailorbird.core import forms
from tailorbird.core.errors import ParseError
from tailorbird.engine.gbnf import choice, regex


@pytest.mark.parametrize(
    ("pattern", "grammar"),
    [
        ("abc", '"abc"'),
        ("ab?c", '"a" "b"? "c"'),
        ("a|", '"a" | ""'),
        (r"(?:a|b){2,3}", '("a" | "b"){2,3}'),
        (r"[^\n\[\]]{1,80}", r"[^\n\[\]]{1,80}"),
        (r"[a\-z.]", "[az.-]"),
        (r"\d+\.\d*", '[0-9]+ "." [0-9]*'),
        (r"\"\\\*\n.", r'"\"\\*\n" [^\n]'),
    ],
)
def test_a_pattern_becomes_a_grammar_of_the_same_texts(pattern, grammar):
    assert regex(pattern) == f"root ::= {grammar}"


@pytest.mark.parametrize(
    "pattern", ["^a", "a$", "(?=a)", "a*?", r"\bword", r"(a)\1", "[", "(a", "a)", "*a", r"[\d]", "[]a]", "a{2}+"]
)
def test_what_the_grammar_language_has_no_word_for_is_refused(pattern):
    with pytest.raises(ParseError):
        regex(pattern)


def test_a_choice_quotes_what_it_must():
    assert choice(["yes", 'a "b"\n']) == r'root ::= "yes" | "a \"b\"\n"'


def test_every_form_that_is_asked_of_a_model_has_a_grammar():
    for constraint in (forms.plan(), forms.spec("find_it", ()), forms.slots()):
        assert regex(constraint.body).startswith("root ::= ")
