"""The words of text messages, in both languages."""

from collections.abc import Mapping

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
    "claim_submitted": {
        "zh": "【乡播学堂】您的补贴申请 {claim} 交上了，县里先初审。进度请登录网站看。",
        "en": "[Xiangbo] Your claim {claim} is in. See the site for how it stands.",
    },
    "claim_returned": {
        "zh": "【乡播学堂】您的补贴申请 {claim} 要补材料。补什么，请登录网站看。",
        "en": "[Xiangbo] Claim {claim} needs something more: please see the site.",
    },
    "claim_public": {
        "zh": "【乡播学堂】您的补贴申请 {claim} 正在公示，到 {until_month} 月 {until_day} 日为止。",
        "en": "[Xiangbo] Claim {claim} is on the public list until {until}.",
    },
    "claim_paid": {
        "zh": "【乡播学堂】培训补贴 {amount} 元已打到您尾号 {ending} 的账户。没收到请打 12333。",
        "en": "[Xiangbo] {amount} yuan of subsidy went to your account ending in {ending}.",
    },
    "claim_instalment_paid": {
        "zh": "【乡播学堂】补贴第 {part}/{parts} 笔 {amount} 元已打到您尾号 {ending} 的账户。",
        "en": "[Xiangbo] Part {part} of {parts}, {amount} yuan, went to your account {ending}.",
    },
    "claim_bank_returned": {
        "zh": "【乡播学堂】银行把您的补贴退回来了，钱没有丢。请登录网站核对收款账户。",
        "en": "[Xiangbo] The bank sent your subsidy back; it is safe. Please check your account.",
    },
    "claim_rejected": {
        "zh": "【乡播学堂】您的补贴申请 {claim} 没有批准，原因请登录网站看。不同意打 12333。",
        "en": "[Xiangbo] Claim {claim} was not approved: see the site. Disagree? Call 12333.",
    },
    "claim_reopened": {
        "zh": "【乡播学堂】您的补贴申请 {claim} 要重新核对，原因请登录网站看。",
        "en": "[Xiangbo] Claim {claim} is checked again; the site says why.",
    },
    "claim_clawed_back": {
        "zh": "【乡播学堂】有 {amount} 元补贴要退回，原因登录网站看。别给陌生人转账，先打 12333。",
        "en": "[Xiangbo] {amount} yuan is to be paid back: see the site. Unsure? Call 12333.",
    },
    "order_paid": {
        "zh": "【乡播学堂】订单 {order} 的 {amount} 元收到了，课程可以学了。",
        "en": "[Xiangbo] {amount} yuan for order {order} arrived. You can begin.",
    },
    "order_without_seat": {
        "zh": "【乡播学堂】订单 {order} 的 {amount} 元重复付了，办公室会退给您，不用您做什么。",
        "en": "[Xiangbo] Order {order} was paid twice; {amount} yuan goes back to you.",
    },
    "order_refunded": {
        "zh": "【乡播学堂】订单 {order} 退款 {amount} 元，按原路退回，银行要几天。",
        "en": "[Xiangbo] {amount} yuan of order {order} goes back to you in a few days.",
    },
}


def is_texted(template: str) -> bool:
    """Tell whether there is a text message of the template."""
    return template in _TEXTS


def words(template: str, locale: str | None, params: Mapping[str, str | int]) -> str:
    """Return the message: Chinese unless the person chose English."""
    texts = _TEXTS[template]
    return texts["en" if locale == "en" else "zh"].format(**params)
