"""Amounts in the capital numerals of Chinese papers, which nobody can make another number of."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_GROUP = 10_000
# A number of twelve digits in yuan is all these words can say.
MOST_FEN = _GROUP ** len(_GROUPS) * 100 - 1


def in_capitals(fen: int) -> str:
    """Return an amount in fen as papers spell it: ``人民币贰拾玖元整``.

    As the rules for filling in papers of payment want it (支付结算办法, annex 1): zeros between
    digits are one 零, and so is a missing 角 before 分; 整 stands behind full yuan. Raises
    ``ValueError`` for what is below nothing or beyond twelve digits.
    """
    if not 0 <= fen <= MOST_FEN:
        raise ValueError("no amount these words can say")
    yuan, rest = divmod(fen, 100)
    if not rest:
        return f"人民币{_whole(yuan) or '零'}元整"
    jiao, last = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif yuan:
        said += "零"
    return f"人民币{said}" + (f"{_DIGITS[last]}分" if last else "")


def _whole(yuan: int) -> str:
    """Return whole yuan in words, empty for none."""
    said, has_gap = "", False
    digits = str(yuan)
    for place, digit in zip(reversed(range(len(digits))), map(int, digits), strict=True):
        if digit:
            said += ("零" if has_gap else "") + _DIGITS[digit] + _PLACES[place % len(_PLACES)]
        has_gap = digit == 0
        group, rest = divmod(place, len(_PLACES))
        if rest == 0 and yuan // 10**place % _GROUP:
            said += _GROUPS[group]
    return said
