SITE=https://wz.example.gov.cn
KEY=您的密钥

# 第一条消息：conversation 写 null
ANSWER=$(curl -sf $SITE/api/v1/messages -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
  -d '{"conversation": null, "client_id": "2f7c9a60d1e84b35a8c3f61e", "user": "u-1001", "text": "身份证掉了咋补"}')
echo "$ANSWER"

# 答复里的 conversation 存好，下一条带上它
CONVERSATION=$(echo "$ANSWER" | sed -E 's/.*"conversation": ?"([^"]+)".*/\1/')

# 传一张照片，再把它和位置一起发
UPLOAD=$(curl -sf $SITE/api/v1/uploads -H "Authorization: Bearer $KEY" -F user=u-1001 -F file=@photo.jpg \
  | sed -E 's/.*"upload": ?"([^"]+)".*/\1/')
curl -sf $SITE/api/v1/messages -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
  -d '{"conversation": "'$CONVERSATION'", "client_id": "91b04de7a3c52f6807e4d2b9", "user": "u-1001", "text": "路灯坏了好几天",
       "attachments": ["'$UPLOAD'"], "location": {"latitude": 30.25, "longitude": 120.17, "label": "幸福路12号"}}'

# 隔一会儿问一次：第 2 轮以后有没有新消息
curl -sf "$SITE/api/v1/conversations/$CONVERSATION/messages?after=2" -H "Authorization: Bearer $KEY"

# 或者一直听着（这里听 2 秒）
curl -sN --max-time 2 "$SITE/api/v1/conversations/$CONVERSATION/stream?after=0" -H "Authorization: Bearer $KEY" || true

# 市民要删掉这个会话
curl -sf -X DELETE $SITE/api/v1/conversations/$CONVERSATION -H "Authorization: Bearer $KEY"
