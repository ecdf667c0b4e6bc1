"""claim(): the mark follows the evidence, and what is no evidence is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.claims import claim


@pytest.mark.parametrize("evidence", [True, np.True_, 2 > 1, np.float64(2) > 1])
def test_evidence_that_holds(evidence, capsys):
    assert claim("two is more than one", evidence) is None
    assert capsys.readouterr() == ("✓ two is more than one\n", "")


@pytest.mark.parametrize("evidence", [False, np.False_, 1 > 2, np.float64("nan") > 0])
def test_evidence_that_fails_is_told_and_does_not_raise(evidence, capsys):
    claim("one is more than two", evidence)
    assert capsys.readouterr() == ("✗ one is more than two\n", "")


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.lists(st.booleans())))
def test_what_is_no_comparison_is_refused(evidence):
    with pytest.raises(TypeError, match=f"^evidence is {type(evidence).__name__}; allowed is"):
        claim("anything", evidence)


def test_an_array_of_comparisons_is_refused(capsys):
    with pytest.raises(TypeError, match="^evidence is ndarray"):
        claim("all are more", np.array([True, False]))
    assert capsys.readouterr().out == ""
