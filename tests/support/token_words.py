"""Tokens as short words, for readable lists.

P33 drums   program          v6   velocity bin
+60 -60     note on, off     >24  time-shift       .  end

Token ids follow from the steps of a measure and the velocity bins: 96 and 8 in the default format.
"""


def from_words(text, steps=96, bins=8):
    """Token ids of words with blanks between them."""
    return [_token(word, steps, bins) for word in text.split()]


def to_words(tokens, steps=96, bins=8):
    """The words of token ids."""
    return " ".join(_word(int(token), steps, bins) for token in tokens)


def tracks_to_words(measure, steps=96, bins=8):
    """The words of each present track of a measure."""
    return [
        to_words(row[:length], steps, bins)
        for row, length in zip(measure.tokens, measure.lengths)
        if length > 1
    ]


def begins_a_sounding_pitch(measure):
    """Whether a track repeats a pitch before it has ended."""
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


def _signs(steps, bins):
    """sign: (first token, its number)."""
    velocity, program = 256 + steps, 256 + steps + bins
    return {"+": (0, 0), "-": (128, 0), ">": (256, 1), "v": (velocity, 1), "P": (program, 0)}


def _names(steps, bins):
    return {"drums": 256 + steps + bins + 128, ".": 256 + steps + bins + 129}


def _token(word, steps, bins):
    names = _names(steps, bins)
    if word in names:
        return names[word]
    token, number = _signs(steps, bins)[word[0]]
    return token + int(word[1:]) - number


def _word(token, steps, bins):
    for name, named in _names(steps, bins).items():
        if token == named:
            return name
    signs = _signs(steps, bins)
    sign = max((first, sign) for sign, (first, _) in signs.items() if first <= token)[1]
    first, number = signs[sign]
    return f"{sign}{token - first + number}"
