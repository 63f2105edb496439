"""Slips: a wrong letter of the same sound changes the spelling and leaves the sound."""

from knowledge.slips import bigrams, sounds


def test_a_homophone_sounds_the_same_and_is_spelled_otherwise() -> None:
    assert bigrams("公机金") != bigrams("公积金")
    assert sounds("公机金") == sounds("公积金")


def test_sounds_that_speakers_mix_up_are_one() -> None:
    assert sounds("深圳") == sounds("森镇")
    assert sounds("社保") != sounds("医保")


def test_punctuation_and_one_letter_make_no_pairs() -> None:
    assert bigrams("补、办") == frozenset({"补 办"})
    assert bigrams("补") == bigrams("") == frozenset()
