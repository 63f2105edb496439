import time
import uuid

import requests

SITE = "https://wz.example.gov.cn"
KEY = "您的密钥"


class Assistant:
    """一个市民的会话。user 是您那边这个人的编号，不要用电话、身份证号。"""

    def __init__(self, user, conversation=None):
        self.user, self.conversation, self.turn = user, conversation, 0
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {KEY}"

    def say(self, **content):
        """发一条；网络断了就用同一个 client_id 再发，不会办两次。"""
        message = {"conversation": self.conversation, "client_id": uuid.uuid4().hex, "user": self.user, **content}
        for pause in (1, 3, None):
            try:
                answer = self.session.post(f"{SITE}/api/v1/messages", json=message, timeout=30)
            except requests.ConnectionError:
                if pause is None:
                    raise
                time.sleep(pause)
                continue
            if answer.status_code == 429 and pause is not None:
                time.sleep(int(answer.headers["Retry-After"]))
                continue
            if not answer.ok:
                raise RuntimeError(answer.json()["error"]["message"])
            turn = answer.json()
            self.conversation, self.turn = turn["conversation"], turn["turn"]
            return turn["replies"]

    def upload(self, path):
        """传一张照片，得到它的编号。"""
        with open(path, "rb") as file:
            sent = {"files": {"file": file}, "data": {"user": self.user}, "timeout": 60}
            answer = self.session.post(f"{SITE}/api/v1/uploads", **sent)
        answer.raise_for_status()
        return answer.json()["upload"]

    def news(self):
        """上次以后，工作人员或者热线说了什么。"""
        address = f"{SITE}/api/v1/conversations/{self.conversation}/messages"
        answer = self.session.get(address, params={"after": self.turn}, timeout=30)
        answer.raise_for_status()
        messages = answer.json()["messages"]
        self.turn = max([self.turn, *(message["turn"] for message in messages)])
        return messages


citizen = Assistant("u-1001")
for reply in citizen.say(text="路灯坏了好几天", attachments=[citizen.upload("photo.jpg")]):
    print(reply["text"])  # text 总是完整的一句；card、choices、ticket 可以画得更好看
    for choice in reply.get("choices", []):
        print("·", choice["title"])  # 市民点了，就发 text=title、payload=payload
print(citizen.news())
