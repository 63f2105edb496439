/** Every sentence that scripts of the chat page say; the rest stands in templates/chat. */
export const words = {
  speaker: { citizen: "您说：", bot: "问政通说：", staff: "工作人员说：", hotline: "热线说：" },
  origin: { entry: "知识条目", response: "固定答复", calculator: "计算", staff: "工作人员", hotline: "热线" },
  offline: "没收到答复，网络好像断了。",
  broken: "没收到答复，我们这边出了点问题。",
  rejected: "这条没有收下，请改一改再发。",
  unavailable: "现在连不上，您的话已经记下。请过一会儿再试。",
  historyFailed: "以前的对话没有读出来。",
  delivered: "已送到",
  resend: "重发",
  askAgain: "再问一次",
  reload: "再读一次",
  yesterday: "昨天",
  sourcesInAll: (count) => ` 等 ${count} 项`,
};
