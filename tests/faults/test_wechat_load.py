"""Many citizens at once on WeChat, through the platform's stand-in: each question is answered once, to who asked it.

SQLite runs with one web process, PostgreSQL with two. Rasa is an echo, so that every answer shows its question.
"""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.wechat_place import Row, WeChatPlace, rest_of, share
from tests.hotline.conftest import database, desk
from tests.hotline.support import Desk, in_threads, rows
from tests.service import eventually
from wechat.tables import wechat_pushes

__all__ = ["database", "desk"]
pytestmark = pytest.mark.prove
USERS, MESSAGES, AT_ONCE = 200, 5, 20
LOST, TRIPLE = 0.15, 0.15  # shares of messages whose first reply is lost, and that come three times at once
FAULTS = 0.05  # the share of messages that a machine which others use, too, may not acknowledge in fifteen seconds
SLOW_SECONDS = 8.0
SLOW_USERS, SLOW_MESSAGES, PAUSE_SECONDS = 30, 3, 2.0
EAGER_USERS, EAGER_MESSAGES = 6, 8  # more at once than may be pushed afterwards
LONGEST_SECONDS = 420
QUIET_SECONDS = 8  # after the last answer, in which nothing may come twice
ANSWER = re.compile(r"答复(问u\d+m\d+)完")


class Crowd:
    """Users who ask, and everything they got."""

    def __init__(self, place: WeChatPlace, users: int) -> None:
        self.place = place
        self.users = place.users(users)
        self.asked: dict[str, str] = {}  # question -> who asked it
        self.started = time.monotonic()

    def ask(self, user: int, number: int, wait: bool) -> None:
        question = f"问u{user}m{number}"
        self.asked[question] = self.users[user]
        self.place.say(self.users[user], question, wait)

    def answers(self) -> list[tuple[str, str, str]]:
        """Who got the answer to which question, and how."""
        received: list[Row] = self.place.seen("received")
        questions = [(row, question) for row in received for question in ANSWER.findall(row["body"]["text"])]
        return [(row["openid"], question, row["way"]) for row, question in questions]

    def missing(self) -> set[str]:
        return set(self.asked) - {question for _, question, _ in self.answers()}

    def wait(self) -> None:
        """Until everything is answered, and a little longer."""
        eventually(lambda: not self.missing(), rest_of(LONGEST_SECONDS, self.started))
        time.sleep(QUIET_SECONDS)

    def come_back(self) -> int:
        """Whoever misses an answer writes again, until nobody misses one; how many such messages that took."""
        again = 0
        while missing := self.missing():
            assert time.monotonic() - self.started < LONGEST_SECONDS, f"never answered: {sorted(missing)[:5]}"
            for user in sorted({self.users.index(self.asked[question]) for question in missing}):
                again += 1
                self.ask(user, 100 + again, wait=False)
            time.sleep(SLOW_SECONDS + 14)  # three requests of a message, and its own answer
        return again

    def check(self) -> None:
        """Every question once, to who asked it; Rasa was asked once; nothing beyond what may be pushed."""
        answers = self.answers()
        wrong = [(openid, question) for openid, question, _ in answers if self.asked.get(question) != openid]
        assert not wrong, wrong[:5]
        counted = Counter(question for _, question, _ in answers)
        assert set(counted) == set(self.asked) and set(counted.values()) == {1}, counted.most_common(3)
        assert self.place.heard() == dict.fromkeys(self.asked, 1)
        refused = Counter(call["errcode"] for call in self.place.seen("calls") if "message" in call["path"])
        assert not {45015, 45047} & set(refused), refused
        assert self.faults() <= len(self.asked) * FAULTS, "too many were told that the account is out of order"
        assert {push["state"] for push in rows(self.place.desk.database, wechat_pushes)} <= {"sent", "given"}

    def faults(self) -> int:
        """How often the platform had no answer three times over and said so; the answer comes all the same."""
        return sum(row["way"] == "fault" for row in self.place.seen("received"))

    def report(self, title: str) -> None:
        seconds, ways = self.place.acknowledged(), Counter(way for _, _, way in self.answers())
        tries = Counter(one["outcome"] for one in self.place.seen("tries"))
        print(
            f"{title}: {len(self.asked)} questions in {time.monotonic() - self.started:.0f} s, {dict(ways)}, "
            f"acknowledged: median {share(seconds, 0.5):.2f} s, p95 {share(seconds, 0.95):.2f} s; tries {dict(tries)}, "
            f"faults {self.faults()}"
        )


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> WeChatPlace:
    return WeChatPlace(desk, tmp_path)


def processes(desk: Desk) -> int:
    return 1 if desk.database.on_sqlite else 2


@pytest.mark.timeout(LONGEST_SECONDS + 180)
def test_a_thousand_questions_are_each_answered_once_despite_retries_and_duplicates(place: WeChatPlace) -> None:
    with place.product(processes(place.desk), 0.05):
        place.told("switches", lost_share=LOST, triple_share=TRIPLE)
        crowd = Crowd(place, USERS)
        in_threads(AT_ONCE, lambda thread: several(crowd, range(thread, USERS, AT_ONCE)))
        crowd.wait()
        crowd.report(place.desk.database.url.get_backend_name())
        crowd.check()
        assert Counter(one["outcome"] for one in place.seen("tries"))["lost"] > USERS * MESSAGES * LOST / 2
        repeated: defaultdict[str, set[str]] = defaultdict(set)
        for one in place.seen("tries"):
            if one["outcome"] in ("reply", "repeat"):
                repeated[one["message"]].add(one["answer"])
        assert all(len(answers) == 1 for answers in repeated.values()), "what a retry brings is the same answer"


@pytest.mark.timeout(LONGEST_SECONDS + 180)
@pytest.mark.parametrize("may_push", [True, False], ids=["push", "no-push"])
def test_with_a_slow_rasa_every_answer_arrives_once_and_none_beyond_quota(place: WeChatPlace, may_push: bool) -> None:
    with place.product(processes(place.desk), SLOW_SECONDS):
        place.told("switches", may_push=may_push)
        crowd = Crowd(place, SLOW_USERS + EAGER_USERS)
        in_threads(SLOW_USERS + EAGER_USERS, lambda user: asks(crowd, user))
        seconds = SLOW_SECONDS * EAGER_MESSAGES + 30
        settle(lambda: not crowd.missing(), seconds)
        again = crowd.come_back()
        time.sleep(QUIET_SECONDS)
        crowd.report(f"{place.desk.database.url.get_backend_name()}, {'push' if may_push else 'no push'}")
        print(f"messages that brought an answer kept for them: {again}")
        crowd.check()
        ways = Counter(way for _, _, way in crowd.answers())
        assert (ways["push"] > 0) == may_push


def several(crowd: Crowd, users: range) -> None:
    """Some users take turns, each waiting for the platform before the next question."""
    for number in range(MESSAGES):
        for user in users:
            crowd.ask(user, number, wait=True)


def asks(crowd: Crowd, user: int) -> None:
    """Most ask a few questions in a row; the eager ones all at once."""
    eager = user >= SLOW_USERS
    for number in range(EAGER_MESSAGES if eager else SLOW_MESSAGES):
        crowd.ask(user, number, wait=False)
        time.sleep(0 if eager else PAUSE_SECONDS)


def settle(done: Callable[[], bool], seconds: float) -> None:
    """Wait at most so long."""
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(1)
