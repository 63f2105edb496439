"""What the platform keeps; times are seconds of its own clock."""

TABLES = """
CREATE TABLE IF NOT EXISTS wechat_users (
    position INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
    followed INTEGER NOT NULL DEFAULT 1,
    said_at REAL NOT NULL DEFAULT 0, said_left INTEGER NOT NULL DEFAULT 0,
    acted_at REAL NOT NULL DEFAULT 0, acted_left INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS wechat_grants (
    openid TEXT NOT NULL, template TEXT NOT NULL, left INTEGER NOT NULL, PRIMARY KEY (openid, template));
CREATE TABLE IF NOT EXISTS wechat_chat (
    position INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, at REAL NOT NULL,
    way TEXT NOT NULL, answers TEXT UNIQUE, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS wechat_chat_of_user ON wechat_chat (openid);
CREATE TABLE IF NOT EXISTS wechat_tries (
    position INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL, openid TEXT NOT NULL, at REAL NOT NULL,
    round INTEGER NOT NULL, seconds REAL NOT NULL, status INTEGER NOT NULL, outcome TEXT NOT NULL,
    answer TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS wechat_tries_of_message ON wechat_tries (message);
CREATE TABLE IF NOT EXISTS wechat_calls (
    position INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, path TEXT NOT NULL, openid TEXT NOT NULL,
    errcode INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS wechat_tokens (
    position INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    made_at REAL NOT NULL, expires_at REAL NOT NULL, dies_at REAL NOT NULL, forced INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS wechat_codes (
    code TEXT PRIMARY KEY, openid TEXT NOT NULL, scope TEXT NOT NULL, at REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS wechat_media (
    media_id TEXT PRIMARY KEY, at REAL NOT NULL, content_type TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS wechat_menu (position INTEGER PRIMARY KEY CHECK (position = 1), menu TEXT NOT NULL);
"""
