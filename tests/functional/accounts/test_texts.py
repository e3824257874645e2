"""/terms and /privacy, in both languages."""

import pytest


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/terms", "不是国家职业技能等级证书"),
        ("/privacy", "我们不卖信息"),
        ("/terms?lang=en", "not a national vocational certificate"),
        ("/privacy?lang=en", "We sell nothing"),
        ("/privacy", "随机号码，存一年"),
        ("/privacy?lang=en", "a random number for a year"),
    ],
)
def test_anyone_can_read_what_they_agree_to(client, path, said):
    answer = client.get(path)
    assert answer.status_code == 200
    assert said in answer.text
