"""What is taken away goes in every way to write it, and nothing else goes."""

import pytest

from supervision.guard.rules import has_words, without_words


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("Call 0712 345 678.", "0712345678", "Call […]."),
        ("Call 0712345678.", "0712-345-678", "Call […]."),
        ("Call (0712) 345 678.", "0712 345 678", "Call […]."),
        ("Call +254 712 345 678 now", "0712345678", "Call […] now"),
        ("Call 0712345678 now", "+254 712 345 678", "Call […] now"),
        ("اتصل ٠٧٩١٢٣٤٥٦٧ الآن", "0791 234 567", "اتصل […] الآن"),
        ("Card 29 384 756", "29384756", "Card […]"),
        ("Born 12/03/1987.", "12.03.1987", "Born […]."),
        ("قال أحمد هنا", "احمد", "قال […] هنا"),
        ("قال احمد هنا", "أحمد", "قال […] هنا"),
        ("قال اَحْمَدُ هنا", "أحمد", "قال […] هنا"),
        ("مع ليلى وليلي", "ليلى", "مع […] و[…]"),
        ("James-Otieno, JAMES\nOtieno", "james otieno", "[…], […]"),
        ("Otieno’s home", "Otieno's", "[…]’s home"),
        ("She met Zoé and Zoe\u0301 and Zoe.", "Zoe", "She met […] and […] and […]."),
        ("O\u200btieno came", "Otieno", "[…] came"),
        ("Wanjiku 0712-345-678!", "wanjiku  0712345678", "[…]!"),
        ("İstanbul Otieno left", "Otieno", "İstanbul […] left"),
    ],
)
def test_words_go_in_every_writing(text: str, words: str, left: str) -> None:
    assert (has_words(text, words), without_words(text, words)) == (True, left)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("14 points, 1 4", "41"),
        ("1 4 points", "14"),
        ("Otienos came", "Otieno"),
        ("1254712345678999", "0712345678"),
        ("0712 345 679", "0712 345 678"),
        ("No word", "  "),
        ("No - word", "-"),
    ],
)
def test_other_words_stay(text: str, words: str) -> None:
    assert (has_words(text, words), without_words(text, words)) == (False, text)
