"""The words of text messages, in both languages."""

from collections.abc import Mapping
from datetime import timedelta

# What takes longer to reach a phone helps nobody any more: a code is over by then. Of a badge one
# has thirty days to object, so two days late is still in time.
GOOD_FOR = {
    "code": timedelta(minutes=5),
    "phone_changed": timedelta(minutes=10),
    "badge_revoked": timedelta(days=2),
    "badge_reissued": timedelta(days=2),
    "time_counted": timedelta(days=2),
    "time_stays": timedelta(days=2),
    "time_made_good": timedelta(days=2),
    "invited": timedelta(days=2),
    "seat_free": timedelta(days=2),
    "seat_given": timedelta(days=2),
    "seat_line": timedelta(days=2),
}

# What was sent is kept this long, to answer who was told what and when.
KEPT_FOR = timedelta(days=30)

# Longer than 70 characters is charged as two messages.
_TEXTS: dict[str, dict[str, str]] = {
    "invited": {
        "zh": "【乡播学堂】您的学习账号开好了，用这个手机号登录：{site}",
        "en": "[Xiangbo] Your account is ready. Sign in with this number: {site}",
    },
    "code": {
        "zh": "【乡播学堂】验证码 {code}，{minutes} 分钟内有效。谁问都别说，工作人员也不会要。",
        "en": "[Xiangbo] Your code is {code}, good for {minutes} minutes. Never tell it to anyone.",
    },
    "phone_changed": {
        "zh": "【乡播学堂】您的登录手机号改成了 {phone}。不是您改的，请马上打 12333。",
        "en": "[Xiangbo] Your sign-in number is now {phone}. Not you? Call 12333 at once.",
    },
    "badge_revoked": {
        "zh": "【乡播学堂】您的徽章 {serial} 作废了，原因看“我的徽章”。不同意，30 天内打 12333。",
        "en": "[Xiangbo] Badge {serial} was revoked: see “My badges”. Disagree? Call 12333.",
    },
    "badge_reissued": {
        "zh": "【乡播学堂】作废的徽章 {serial} 已经给您重新发了一枚，请到“我的徽章”看。",
        "en": "[Xiangbo] A new badge replaces {serial}: see “My badges”.",
    },
    "time_counted": {
        "zh": "【乡播学堂】您请复查的那段学习时间算上了，明细看“学习”。",
        "en": "[Xiangbo] The study time you asked about counts now. See “Learning”.",
    },
    "time_stays": {
        "zh": "【乡播学堂】您请复查的那段学习时间没有改，原因看“学习”。不同意打 12333。",
        "en": "[Xiangbo] The time you asked about stays as it was: see “Learning”, or call 12333.",
    },
    "time_made_good": {
        "zh": "【乡播学堂】{month} 月 {day} 日故障时没算上的学习时间，给您补上了，明细看“学习”。",
        "en": "[Xiangbo] Study time the outage of {month:02}-{day:02} took counts now: “Learning”.",
    },
    "seat_free": {
        "zh": "【乡播学堂】“{title}”有名额了，已给您报上，{month} 月 {day} 日开班。不去请退班。",
        "en": "[Xiangbo] A seat for you: “{title}”, {month:02}-{day:02}.",
    },
    "seat_given": {
        "zh": "【乡播学堂】已给您报上“{title}”，{month} 月 {day} 日开班。不去请退班。",
        "en": "[Xiangbo] You are in “{title}”, {month:02}-{day:02}.",
    },
    "seat_line": {
        "zh": "【乡播学堂】“{title}”报满了，已给您排队，有名额就报上并发短信。",
        "en": "[Xiangbo] “{title}” is full; you are in line.",
    },
}


def words(template: str, locale: str | None, params: Mapping[str, str | int]) -> str:
    """Return the message: Chinese unless the person chose English."""
    texts = _TEXTS[template]
    return texts["en" if locale == "en" else "zh"].format(**params)
