/**
 * Times that requests say, as the format `date-time` takes them (RFC 3339 §5.6). It has more than a
 * Date or a database: leap seconds, the year 0, and what an offset moves out of all years.
 */

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** The time that `text` is: a leap second is the one after it, and before and after all years are the ends. */
export function timeOf(text: string): Date {
  const [, date = "", time = "", second = "", fraction = "", offset = ""] = PARTS.exec(text) ?? [];
  const minute = Date.parse(`${date}T${time}Z`);
  const fromMinute = Number(second) * 1000 + Math.floor(Number(`0${fraction}`) * 1000);
  const at = minute + fromMinute - minutesOf(offset) * 60_000;
  return new Date(Math.min(Math.max(at, FIRST), LAST));
}

const PARTS = /^(\d{4}-\d\d-\d\d)[\sT](\d\d:\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)$/i;

function minutesOf(offset: string): number {
  if (offset.toUpperCase() === "Z") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(":", ""));
  return offset.startsWith("-") ? -minutes : minutes;
}
