/** Go's time.Time as text: its calendar fields, Time.Format with layouts, Time.String. */
import { LOCAL, type Time } from "./time.js";
import { offsetOf } from "./time-zone.js";
import { Int } from "./value.js";

export const MONTHS: readonly string[] = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
export const WEEKDAYS: readonly string[] = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
];

/** A time on the calendar and clock of its own zone. */
export interface TimeFields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
  readonly offsetSeconds: number;
  readonly abbreviation: string;
}

const SECOND = 1_000_000_000n;
const DAY = 86_400n;
/** March 1 of the year -292277022400, from which Go counts with 64 bits: what is before comes after all. */
const FIRST = -((292_277_022_400n * 3_652_425n) / 10_000n + 306n) * DAY - 62_135_596_800n;

/** Splits a time into the fields of its zone's calendar (proleptic Gregorian, any year). */
export function timeFields(time: Time): TimeFields {
  const { offsetSeconds, abbreviation } = offsetOf(time);
  const seconds = floorDiv(time.unixNanos, SECOND);
  const local = FIRST + BigInt.asUintN(64, seconds + BigInt(offsetSeconds) - FIRST);
  const days = floorDiv(local, DAY);
  const clock = Number(local - days * DAY);
  const { year, month, day, yearDay } = civil(Number(days));
  return {
    year,
    month,
    day,
    hour: Math.floor(clock / 3600),
    minute: Math.floor(clock / 60) % 60,
    second: clock % 60,
    nanosecond: Number(time.unixNanos - seconds * SECOND),
    weekday: (((Number(days) + 4) % 7) + 7) % 7,
    yearDay,
    offsetSeconds,
    abbreviation,
  };
}

/** The date of a day counted from 1970-01-01, by cycles of 400 years that start on March 1. */
function civil(days: number): { year: number; month: number; day: number; yearDay: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day, yearDay: days - daysBeforeYear(year) + 1 };
}

/** Days from 1970-01-01 to January 1 of `year`. */
export function daysBeforeYear(year: number): number {
  const past = year - 1;
  return (
    365 * past + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) - 719_162
  );
}

/** Go's Time.String: `2006-01-02 15:04:05.999999999 -0700 MST`. */
export function timeString(time: Time): string {
  return formatTime(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

/** Go's Time.GoString, what `%#v` prints. */
export function goTimeString(time: Time): string {
  const { year, month, day, hour, minute, second, nanosecond } = timeFields(time);
  const zone = locationSyntax(time);
  const clock = `${hour}, ${minute}, ${second}, ${nanosecond}`;
  return `time.Date(${year}, time.${MONTHS[month - 1]}, ${day}, ${clock}, ${zone})`;
}

function locationSyntax({ zone, fixed }: Time): string {
  if (!fixed && (zone === "UTC" || zone === LOCAL)) return `time.${zone}`;
  return `time.Location(${JSON.stringify(zone)})`;
}

/** The unexported fields of Go's struct, which verbs such as `%d` show: seconds count from year 1. */
export function timeWords(time: Time): { readonly wall: Int; readonly ext: Int } {
  const seconds = floorDiv(time.unixNanos, SECOND);
  return {
    wall: new Int("uint64", time.unixNanos - seconds * SECOND),
    ext: new Int("int64", seconds + 62_135_596_800n),
  };
}

/** Go's Time.Format. */
export function formatTime(time: Time, layout: string): string {
  const fields = timeFields(time);
  let text = "";
  let rest = layout;
  while (rest !== "") {
    const chunk = nextChunk(rest);
    if (chunk === undefined) {
      return text + rest;
    }
    text += chunk.prefix + formatChunk(fields, chunk.element);
    rest = chunk.suffix;
  }
  return text;
}

/** One element of a layout, what stands before it, and what follows. */
export interface LayoutChunk {
  readonly prefix: string;
  /** The element as the layout writes it, e.g. `Jan`, `02`, `.000`, `Z07:00`. */
  readonly element: string;
  readonly suffix: string;
}

/** Longest first where one is the start of another. */
const ELEMENTS: readonly string[] = [
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "002",
  "15",
  "1",
  "2006",
  "_2006",
  "_2",
  "__2",
  "2",
  "3",
  "4",
  "5",
  "PM",
  "pm",
  "-070000",
  "-07:00:00",
  "-0700",
  "-07:00",
  "-07",
  "Z070000",
  "Z07:00:00",
  "Z0700",
  "Z07:00",
  "Z07",
];
const BY_LENGTH: readonly string[] = [...ELEMENTS].sort((a, b) => b.length - a.length);
const FRACTION = /^[.,](?:0+|9+)(?![0-9])/;

/** The first element in a layout; undefined if there is none. */
export function nextChunk(layout: string): LayoutChunk | undefined {
  for (let i = 0; i < layout.length; i++) {
    const element = elementAt(layout, i);
    if (element !== undefined) {
      return { prefix: layout.slice(0, i), element, suffix: layout.slice(i + element.length) };
    }
    // `_2006` is an underscore and a year, not a padded day.
    if (layout.startsWith("_2006", i)) {
      return { prefix: layout.slice(0, i + 1), element: "2006", suffix: layout.slice(i + 5) };
    }
  }
  return undefined;
}

function elementAt(layout: string, at: number): string | undefined {
  const first = layout[at];
  if (first === "." || first === ",") {
    return FRACTION.exec(layout.slice(at, at + 64))?.[0];
  }
  for (const element of BY_LENGTH) {
    if (element[0] === first && layout.startsWith(element, at)) {
      if (element === "_2006") {
        return undefined;
      }
      // `Jan` and `Mon` stand for months and days only where no lower-case letter follows.
      const abbreviation = element === "Jan" || element === "Mon";
      if (abbreviation && /^[a-z]/.test(layout.slice(at + 3, at + 4))) {
        continue;
      }
      return element;
    }
  }
  return undefined;
}

function formatChunk(fields: TimeFields, element: string): string {
  switch (element) {
    case "2006":
      return formatYear(fields.year);
    case "06":
      return pad(Math.abs(fields.year % 100), 2);
    case "January":
      return MONTHS[fields.month - 1] ?? "";
    case "Jan":
      return (MONTHS[fields.month - 1] ?? "").slice(0, 3);
    case "01":
      return pad(fields.month, 2);
    case "1":
      return String(fields.month);
    case "Monday":
      return WEEKDAYS[fields.weekday] ?? "";
    case "Mon":
      return (WEEKDAYS[fields.weekday] ?? "").slice(0, 3);
    case "02":
      return pad(fields.day, 2);
    case "_2":
      return String(fields.day).padStart(2);
    case "2":
      return String(fields.day);
    case "002":
      return pad(fields.yearDay, 3);
    case "__2":
      return String(fields.yearDay).padStart(3);
    case "15":
      return pad(fields.hour, 2);
    case "03":
      return pad(fields.hour % 12 || 12, 2);
    case "3":
      return String(fields.hour % 12 || 12);
    case "04":
      return pad(fields.minute, 2);
    case "4":
      return String(fields.minute);
    case "05":
      return pad(fields.second, 2);
    case "5":
      return String(fields.second);
    case "PM":
      return fields.hour >= 12 ? "PM" : "AM";
    case "pm":
      return fields.hour >= 12 ? "pm" : "am";
    case "MST":
      return fields.abbreviation === "" ? bareOffset(fields.offsetSeconds) : fields.abbreviation;
  }
  return element[0] === "Z" || element[0] === "-"
    ? formatOffset(fields.offsetSeconds, element)
    : formatFraction(fields.nanosecond, element);
}

function formatYear(year: number): string {
  return year < 0 ? `-${pad(-year, 4)}` : pad(year, 4);
}

/** A zone without a name prints as ±hhmm. */
function bareOffset(offsetSeconds: number): string {
  const minutes = Math.trunc(offsetSeconds / 60);
  const sign = minutes < 0 ? "-" : "+";
  const size = Math.abs(minutes);
  return `${sign}${pad(Math.floor(size / 60), 2)}${pad(size % 60, 2)}`;
}

function formatOffset(offsetSeconds: number, element: string): string {
  if (element[0] === "Z" && offsetSeconds === 0) {
    return "Z";
  }
  const size = Math.abs(offsetSeconds);
  const colon = element.includes(":") ? ":" : "";
  const digits = element.replace(/[^0-9]/g, "").length;
  const parts = [pad(Math.floor(size / 3600), 2)];
  if (digits >= 4) {
    parts.push(pad(Math.floor(size / 60) % 60, 2));
  }
  // Go takes the sign from the whole minutes, and leaves it to the seconds where there are none.
  const negative = Math.trunc(offsetSeconds / 60) < 0;
  if (digits >= 6) {
    parts.push((offsetSeconds < 0 && !negative ? "-" : "") + pad(size % 60, 2));
  }
  return `${negative ? "-" : "+"}${parts.join(colon)}`;
}

/** `.000` prints that many digits, `.999` drops trailing zeros. */
function formatFraction(nanosecond: number, element: string): string {
  const digits = pad(nanosecond, 9).slice(0, element.length - 1);
  if (element[1] === "0") {
    return element[0] + digits;
  }
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : element[0] + trimmed;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
