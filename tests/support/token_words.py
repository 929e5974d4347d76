"""Tokens of the default format as short words, for lists that a person can write and read.

P33 drums   program          v6   velocity bin
+60 -60     note on, off     >24  time-shift       .  end
"""


def from_words(text):
    """Token ids of words with blanks between them."""
    return [_token(word) for word in text.split()]


def to_words(tokens):
    """The words of token ids."""
    return " ".join(_word(int(token)) for token in tokens)


def tracks_to_words(measure):
    """The words of each present track of a measure."""
    return [
        to_words(row[:length]) for row, length in zip(measure.tokens, measure.lengths) if length > 1
    ]


def begins_a_sounding_pitch(measure):
    """Whether a track strikes a pitch again before it has ended."""
    for row, length in zip(measure.tokens.tolist(), measure.lengths):
        sounding = set()
        for token in row[:length]:
            if token in sounding:
                return True
            if token < 128:
                sounding.add(token)
            elif token < 256:
                sounding.discard(token - 128)
    return False


# sign: (first token, its number)
_SIGNS = {"+": (0, 0), "-": (128, 0), ">": (256, 1), "v": (352, 1), "P": (360, 0)}
_NAMES = {"drums": 488, ".": 489}


def _token(word):
    if word in _NAMES:
        return _NAMES[word]
    token, number = _SIGNS[word[0]]
    return token + int(word[1:]) - number


def _word(token):
    for name, named in _NAMES.items():
        if token == named:
            return name
    sign = max((first, sign) for sign, (first, _) in _SIGNS.items() if first <= token)[1]
    first, number = _SIGNS[sign]
    return f"{sign}{token - first + number}"
