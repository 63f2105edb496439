const SITE = "https://wz.example.gov.cn";

// 在手机里存一串自己随机生成的字，照片凭它认主人
function visitor() {
  let value = wx.getStorageSync("visitor");
  if (!value) {
    value = Array.from({ length: 32 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
    wx.setStorageSync("visitor", value);
  }
  return value;
}

// 发一条消息；没有收到答复，用同一个 clientId 再发，不会办两次
function say(content, clientId, done) {
  wx.request({
    url: `${SITE}/api/v1/messages`,
    method: "POST",
    data: { conversation: wx.getStorageSync("conversation") || null, client_id: clientId, user: visitor(), ...content },
    success({ statusCode, data }) {
      if (statusCode !== 200) return wx.showToast({ title: data.error.message, icon: "none" });
      wx.setStorageSync("conversation", data.conversation);
      done(data.replies);
    },
    fail: () => wx.showToast({ title: "网络断了，请再发一次", icon: "none" }),
  });
}

// 传一张照片，得到它的编号，放进下一条消息的 attachments
function upload(filePath, done) {
  wx.uploadFile({
    url: `${SITE}/api/v1/uploads`,
    filePath,
    name: "file",
    formData: { user: visitor() },
    success: ({ data }) => done(JSON.parse(data).upload),
  });
}

// 页面开着的时候，隔 15 秒问一次有没有新消息
function news(turn, done) {
  wx.request({
    url: `${SITE}/api/v1/conversations/${wx.getStorageSync("conversation")}/messages?after=${turn}`,
    success: ({ statusCode, data }) => statusCode === 200 && done(data.messages),
  });
}

say({ text: "身份证掉了咋补" }, `${Date.now()}-${visitor()}`, (replies) => replies.forEach(({ text }) => console.log(text)));
