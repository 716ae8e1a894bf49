/**
 * Timestamps as yaml.v3 3.0.1 reads them from plain scalars: a date, or a date and a time with zone
 * after `T`, or a date and a time without zone after spaces, in the forms that Go's time.Parse takes.
 */
import { LOCAL, Time } from "../gotemplate/time.js";

const DATE = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/;
const CLOCK = "([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]+))?";
const ZONED = new RegExp(
  `^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[Tt]${CLOCK}(Z|[+-][0-9]{2}:[0-9]{2})$`,
);
const SPACED = new RegExp(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}) +${CLOCK}$`);

/** The instant that `text` names, or undefined if it is no timestamp. */
export function parseTimestamp(text: string): Time | undefined {
  if (text.charCodeAt(4) !== 0x2d) return undefined;
  const match = DATE.exec(text) ?? ZONED.exec(text) ?? SPACED.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] =
    match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  if (!isDate(date) || clock.hour > 23 || clock.minute > 59 || clock.second > 59) return undefined;
  const offset = zoneOffset(zone);
  if (offset === undefined) return undefined;
  const local =
    daysFromEpoch(date.year, date.month, date.day) * 86_400 +
    clock.hour * 3_600 +
    clock.minute * 60 +
    clock.second;
  const nanos = BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  const unixNanos = BigInt(local - offset) * 1_000_000_000n + nanos;
  if (zone === "Z") return new Time(unixNanos);
  return offset === 0 ? new Time(unixNanos, LOCAL) : new Time(unixNanos, "", offset);
}

/** Seconds east of UTC; undefined if out of Go's range. */
function zoneOffset(zone: string): number | undefined {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 24 || minutes > 60) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3_600 + minutes * 60);
}

function isDate(date: { year: number; month: number; day: number }): boolean {
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  return date.day <= daysInMonth(date.year, date.month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days between 1970-01-01 and the date, by the proleptic Gregorian calendar. */
function daysFromEpoch(year: number, month: number, day: number): number {
  // Years begin in March here, so that the leap day comes last.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
