import { words } from "./words.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A moment in the citizen's own time zone, as short as it can be said: 14:05, 昨天 14:05, 11月20日 14:05, 2025年11月20日 14:05. */
export function moment(at, now = new Date()) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at ?? "");
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  if (sameDay(date, now)) return time;
  if (sameDay(date, new Date(now.getTime() - DAY_MS))) return `${words.yesterday} ${time}`;
  const year = date.getFullYear() === now.getFullYear() ? "" : `${date.getFullYear()}年`;
  return `${year}${date.getMonth() + 1}月${date.getDate()}日 ${time}`;
}

function sameDay(one, other) {
  return one.toDateString() === other.toDateString();
}

/** 2026-11-23 as 2026年11月23日; anything else unchanged. */
export function day(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  return match ? `${match[1]}年${Number(match[2])}月${Number(match[3])}日` : text;
}
