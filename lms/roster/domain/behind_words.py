"""What is said of who is behind: in a chip, in a sentence, and on the phone."""

from datetime import date

from lms.roster.domain.behind import Standing
from lms.roster.domain.filters import Reason, Text


def chip(standing: Standing, today: date) -> Text:
    """Return the most urgent reason in a few words."""
    reasons = standing.reasons(today)
    if not reasons:
        return {"zh": "", "en": ""}
    if reasons[0] is Reason.SILENT:
        days = (today - standing.since).days
        return {"zh": f"{days} 天没学", "en": f"Silent for {_days(days)}"}
    days = abs((_end(standing) - today).days)
    if reasons[0] is Reason.OVER:
        return {"zh": f"班期已过 {days} 天", "en": f"Class over for {_days(days)}"}
    if days == 0:
        return {"zh": "班期今天结束", "en": "Class ends today"}
    return {"zh": f"班期还剩 {days} 天", "en": f"Class ends in {_days(days)}"}


def why(standing: Standing, today: date) -> Text:
    """Return in one sentence why somebody is behind; empty where they are not."""
    reasons = standing.reasons(today)
    said = [_SAID[reason](standing, today) for reason in reasons]
    if not said:
        return {"zh": "", "en": ""}
    missing = _missing(standing) if reasons[0] is not Reason.SILENT else {"zh": "", "en": ""}
    english = ", and ".join(each["en"] for each in said) + missing["en"]
    return {
        "zh": "，".join(each["zh"] for each in said) + missing["zh"] + "。",
        "en": english[0].upper() + english[1:] + ".",
    }


def to_say(standing: Standing, today: date) -> Text:
    """Return in one sentence what to say on the phone; empty where they are not behind."""
    reasons = standing.reasons(today)
    if not reasons:
        return {"zh": "", "en": ""}
    if reasons[0] is Reason.OVER:
        return {
            "zh": "您的班期已经结束，还差一点没学完，想问问您遇到什么困难，我们帮您安排补学。",
            "en": "Your class is over and a little is still missing: what got in the way, and "
            "shall we find you a way to finish?",
        }
    if reasons[0] is Reason.ENDING:
        return {
            "zh": "您的班期快结束了，还有内容没学完，这几天能抽空学一学吗？有困难我们帮您。",
            "en": "Your class ends soon and a little is still missing: can you find time for it "
            "in these days, or can we help?",
        }
    if not standing.has_begun:
        return {
            "zh": "您报名的课还没开始学，登录或者看课有没有困难？我们可以教您。",
            "en": "You have not begun your course yet: is it hard to sign in or to watch, and "
            "may we show you how?",
        }
    return {
        "zh": "您有一阵没学了，是太忙还是遇到了问题？学过的都算数，接着学就行。",
        "en": "You have not studied for a while: too busy, or is something in the way? What you "
        "did counts; simply go on.",
    }


def _over(standing: Standing, today: date) -> Text:
    end = _end(standing)
    days = (today - end).days
    return {
        "zh": f"班期 {end} 已结束 {days} 天",
        "en": f"the class ended on {end}, {_days(days)} ago",
    }


def _ending(standing: Standing, today: date) -> Text:
    end = _end(standing)
    days = (end - today).days
    if days == 0:
        return {"zh": f"班期今天（{end}）结束", "en": f"the class ends today, {end}"}
    return {
        "zh": f"班期 {end} 结束，还剩 {days} 天",
        "en": f"the class ends on {end}, in {_days(days)}",
    }


def _silent(standing: Standing, today: date) -> Text:
    days = (today - standing.since).days
    if not standing.has_begun:
        return {
            "zh": f"报名 {days} 天还没开始学",
            "en": f"nothing counted in the {_days(days)} since enrolling",
        }
    return {
        "zh": f"已 {days} 天没有学习",
        "en": f"nothing counted for {_days(days)}",
    }


_SAID = {Reason.OVER: _over, Reason.ENDING: _ending, Reason.SILENT: _silent}


def _missing(standing: Standing) -> Text:
    """Return what is missing of the hours; with all of them something else is."""
    missing = standing.missing
    if not missing:
        return {"zh": "，课还没学完", "en": "; the course is not finished"}
    return {"zh": f"，还差 {missing:.1f} 学时", "en": f"; {_hours(missing)} still missing"}


def _end(standing: Standing) -> date:
    return standing.ends_on or date.max


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _hours(count: float) -> str:
    return "1 credit hour is" if count == 1 else f"{count:.1f} credit hours are"
