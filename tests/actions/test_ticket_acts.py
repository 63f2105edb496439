"""Who may act on a ticket in a conversation, on which one, and what is asked before it is taken back."""

import json

import pytest

from conversations.showing import show
from hotline.access import wrong_codes
from hotline.tables import tickets
from tests.actions.talking import Talk, code_of, names
from tests.hotline.support import PHONE, Desk, rows

WORDS = {
    "urge": "催一下",
    "withdraw": "撤回",
    "rate": "没解决,根本没有人来",
    "supplement": "补充一下,坏的是东边那盏",
    "reopen": "没修好,重新办",
}


def opened(desk: Desk, **more: str) -> str:
    """The number of a public ticket of c1 that c2 follows."""
    number = desk.open(**more)
    desk.staff(number, "publish", "operator", summary="一处路灯不亮")
    desk.tickets.join(number, "c2")
    return number


def shown(desk: Desk, talk: Talk, text: str) -> str:
    """What the page of a conversation shows for a text of the bot's."""
    with desk.database.reading() as connection:
        return str(show(desk.vault, connection, talk.conversation, text))


def state(desk: Desk, number: str) -> str:
    return str(next(row["state"] for row in rows(desk.database, tickets) if row["number"] == number))


@pytest.mark.parametrize("intent", WORDS)
@pytest.mark.parametrize("named", [True, False])
def test_who_follows_a_ticket_can_look_at_it_and_do_nothing_else(desk: Desk, intent: str, named: bool) -> None:
    number = opened(desk)
    if intent in ("rate", "reopen"):
        desk.staff(number, "answer", message="已修好")
    before = rows(desk.database, tickets)
    follower = Talk("c2")
    replies = follower.say(intent, f"{number} {WORDS[intent]}" if named else WORDS[intent])
    assert names(replies) == ["utter_ticket_of_others"]
    assert rows(desk.database, tickets) == before and follower.slots.get("ticket_act") is None
    reply = replies[0]["custom"]["reply"]
    with desk.database.reading() as connection:
        assert desk.vault.reveal(connection, "conversation:c2", reply["link"]) == ""
    assert reply["events"] == []
    assert "路灯坏了" not in str(replies) and "已修好" not in str(replies)
    assert names(follower.say("ticket_progress", "我的工单怎么样了")) == ["utter_ticket_progress"]


def test_the_button_of_somebody_elses_question_takes_back_nothing(desk: Desk) -> None:
    number = opened(desk)
    button = {"payload": f"/withdraw{json.dumps({'ticket_number': number})}"}
    assert names(Talk("c2").press(button)) == ["utter_ticket_of_others"]
    assert names(Talk("c3").press(button)) == ["utter_ticket_not_found"]
    assert state(desk, number) == "submitted"


def test_who_follows_a_ticket_and_has_its_code_acts_as_its_citizen(desk: Desk) -> None:
    number = opened(desk)
    other = Talk("c2")
    assert names(other.say("urge", f"{number} {code_of(desk, number, 'c2')} 催一下")) == ["utter_ticket_urged"]


def test_an_anonymous_citizen_acts_in_the_conversation_that_opened_the_ticket(desk: Desk) -> None:
    number = desk.open(anonymous=True)
    assert names(Talk("c1").say("urge", "催一下")) == ["utter_ticket_urged"]
    assert desk.tickets.of_conversation("c1")[0].number == number


def test_taking_back_is_asked_about_and_only_the_button_does_it(desk: Desk) -> None:
    number = desk.open()
    citizen = Talk("c1")
    for words in ("噪音没了,不告他了", f"{number} 帮我撤回", f'withdraw{{"ticket_number": "{number}"}}'):
        [asked] = citizen.say("withdraw", words)
        assert (
            asked["response"] == "utter_ask_withdraw" and "路灯坏了" in asked["tickets"] and number in asked["tickets"]
        )
        assert state(desk, number) == "submitted"
    yes, no = asked["buttons"]
    assert names(citizen.press(no)) == ["utter_ticket_kept"] and state(desk, number) == "submitted"
    assert names(citizen.press(yes)) == ["utter_ticket_withdrawn"] and state(desk, number) == "withdrawn"
    assert names(citizen.press(yes)) == ["utter_ticket_step_refused"]


def test_of_several_tickets_the_one_that_is_chosen_is_taken_back(desk: Desk) -> None:
    noise, lamp, over = desk.open(what="楼上半夜装修\n很吵"), desk.open(what="路灯" * 40), desk.open()
    desk.tickets.withdraw(over)
    citizen = Talk("c1")
    [asked] = citizen.say("withdraw", "噪音没了,不告他了")
    assert asked["response"] == "utter_ask_withdraw_which"
    assert asked["tickets"].splitlines() == [f"工单 {lamp}：{'路灯' * 15}…", f"工单 {noise}：楼上半夜装修"]
    assert [button["title"] for button in asked["buttons"]] == [f"撤回 {lamp}", f"撤回 {noise}", "不撤回"]
    [done] = citizen.press(asked["buttons"][1])
    assert (done["response"], done["number"]) == ("utter_ticket_withdrawn", noise)
    assert (state(desk, noise), state(desk, lamp)) == ("withdrawn", "submitted")


def test_a_code_that_was_given_holds_until_the_question_is_answered(desk: Desk) -> None:
    number = desk.open()
    elsewhere = Talk("c5")
    [asked] = elsewhere.say("withdraw", f"{number} {code_of(desk, number, 'c5')} 撤回")
    assert names(elsewhere.press(asked["buttons"][0])) == ["utter_ticket_withdrawn"]
    assert state(desk, number) == "withdrawn"


def test_a_number_to_call_is_whole_in_the_chat_and_a_token_in_the_tracker(desk: Desk) -> None:
    number = opened(desk, contact=desk.tokenized(PHONE), what="路灯坏了")
    desk.staff(number, "progress", message="请拨打街道办事处电话65123456")
    citizen, elsewhere, follower = Talk("c1"), Talk("c7"), Talk("c2")
    asked = f"{number} {code_of(desk, number, 'c7')} 怎么样了"
    for talk, said in ((citizen, "工单怎么样了"), (elsewhere, asked)):
        [reply] = talk.say("ticket_progress", said)
        assert "65123456" not in str(reply), "Rasa keeps what is said"
        assert shown(desk, talk, reply["latest"]) == "请拨打街道办事处电话65123456。"
        assert shown(desk, talk, reply["custom"]["reply"]["events"][-1]["text"]) == "请拨打街道办事处电话65123456。"
    assert citizen.say("ticket_progress", "工单怎么样了")[0]["latest"] == "请拨打街道办事处电话〔告知1〕。", (
        "the same token"
    )
    [reply] = follower.say("ticket_progress", "工单怎么样了")
    assert (reply["latest"], reply["custom"]["reply"]["events"]) == ("一处路灯不亮", [])


def test_the_citizens_own_number_is_only_a_hint_in_the_chat_whoever_wrote_it(desk: Desk) -> None:
    number = opened(desk, contact=desk.tokenized(PHONE))
    desk.tickets.supplement(number, desk.tokenized("我家里电话65123456"), "c1")
    desk.staff(number, "progress", message=f"已联系 {PHONE}")
    [reply] = Talk("c1").say("ticket_progress", "工单怎么样了")
    texts = [event["text"] for event in reply["custom"]["reply"]["events"]]
    assert texts[-2:] == ["我家里电话****56。", "已联系 138****5678。"]
    assert reply["latest"] == "已联系 138****5678。" and "告知" not in str(reply)


@pytest.mark.parametrize("intent", ["ticket_progress", "urge"])
def test_ten_wrong_codes_typed_in_many_conversations_shut_out_nobody_else(desk: Desk, intent: str) -> None:
    number = opened(desk)
    for letter in "ABCDEFGHJK":
        typed = desk.tokenized(f"工单{number}查询码AAAAAAA{letter}怎么样了", letter)
        assert names(Talk(letter, "stranger").say(intent, typed)) == ["utter_ticket_not_found"]
    assert [(row["source"], row["failures"]) for row in rows(desk.database, wrong_codes)] == [("stranger", 10)]
    right = {name: f"{number} {code_of(desk, number, name)} 怎么样了" for name in ("c6", "c7")}
    assert names(Talk("c6", "stranger").say(intent, right["c6"])) == ["utter_ticket_not_found"]
    assert names(Talk("c7", "citizen").say(intent, right["c7"])) != ["utter_ticket_not_found"]


def test_words_are_for_the_ticket_that_they_were_asked_for(desk: Desk) -> None:
    first, latest = desk.answered(), desk.answered()
    citizen = Talk("c1")
    citizen.press({"payload": f"/rate{json.dumps({'ticket_number': first, 'solved': 'no'})}"})
    [done] = citizen.fill("灯还黑着")
    assert (done["response"], done["number"]) == ("utter_ticket_reopened", first)
    assert (state(desk, first), state(desk, latest)) == ("dispatched", "answered")


def test_what_there_is_to_add_is_asked_for_and_added(desk: Desk) -> None:
    number, citizen = desk.open(), Talk("c1")
    citizen.say("supplement", "我要补充一下")
    assert citizen.slots["ticket_act"]["asks"] == "utter_ask_supplement"
    assert names(citizen.fill("东边那盏")) == ["utter_ticket_supplemented"]
    [view] = desk.tickets.of_conversation("c1")
    assert (view.number, view.events[-1]["text"]) == (number, "东边那盏。")


def test_a_typed_yes_takes_back_the_one_ticket_that_was_asked_about(desk: Desk) -> None:
    lamp, latest = desk.open(), desk.open()
    citizen = Talk("c1")
    citizen.slots |= {"offered_ticket": True, "choices": ["a", "b"]}
    assert names(citizen.say("withdraw", f"{lamp} 帮我撤回")) == ["utter_ask_withdraw"]
    assert (citizen.slots["offered_ticket"], citizen.slots["choices"]) == (None, None)
    [done] = citizen.answer("withdraw", "是的", "yes")
    assert (done["response"], done["number"]) == ("utter_ticket_withdrawn", lamp)
    assert (state(desk, lamp), state(desk, latest)) == ("withdrawn", "submitted")


def test_a_typed_no_keeps_the_ticket(desk: Desk) -> None:
    number, citizen = desk.open(), Talk("c1")
    citizen.say("withdraw", "撤回")
    assert names(citizen.answer("withdraw", "不用", "none")) == ["utter_ticket_kept"]
    assert names(citizen.answer("withdraw", "是的", "yes")) == ["utter_ask_withdraw"]  # that question is over
    assert state(desk, number) == "submitted"


def test_a_typed_yes_to_several_tickets_has_them_named_again(desk: Desk) -> None:
    numbers, citizen = [desk.open(), desk.open()], Talk("c1")
    [first] = citizen.say("withdraw", "撤回")
    [again] = citizen.answer("withdraw", "是的", "yes")
    assert again == first and first["response"] == "utter_ask_withdraw_which"
    assert [state(desk, number) for number in numbers] == ["submitted"] * 2
    assert names(citizen.say("withdraw", f"撤回 {numbers[0]}")) == ["utter_ask_withdraw"]
    citizen.answer("withdraw", "确认", "yes")
    assert [state(desk, number) for number in numbers] == ["withdrawn", "submitted"]


def test_a_typed_yes_with_a_code_takes_back_the_ticket_elsewhere(desk: Desk) -> None:
    number, elsewhere = desk.open(), Talk("c5")
    elsewhere.say("withdraw", f"{number} {code_of(desk, number, 'c5')} 撤回")
    assert names(elsewhere.answer("withdraw", "确认", "yes")) == ["utter_ticket_withdrawn"]
    assert state(desk, number) == "withdrawn"


def test_a_typed_yes_is_for_no_question_but_the_last(desk: Desk) -> None:
    number, citizen = desk.open(), Talk("c1")
    citizen.say("withdraw", f"{number} 撤回")
    assert names(citizen.say("withdraw", "撤回 20200101-000001")) == ["utter_ticket_not_found"]
    assert names(citizen.answer("withdraw", "是的", "yes")) == ["utter_ask_withdraw"]
    citizen.say("ticket_progress", "我的工单怎么样了")
    assert names(citizen.answer("withdraw", "是的", "yes")) == ["utter_ask_withdraw"]
    assert state(desk, number) == "submitted"
