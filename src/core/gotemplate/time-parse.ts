/** Go's time.ParseInLocation for time.Local: without a zone in the text the time is local. */
import { FunctionError } from "./error.js";
import { LOCAL, Time } from "./time.js";
import { daysBeforeYear, MONTHS, nextChunk, WEEKDAYS } from "./time-format.js";

/** What has been read so far; undefined is not in the layout. */
interface Parts {
  year: number;
  month?: number;
  day?: number;
  yearDay?: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half?: "AM" | "PM";
  /** The text said Z or UTC. */
  utc: boolean;
  offsetSeconds?: number;
  zone: string;
}

/** @throws {FunctionError} for text that does not follow the layout or is no date */
export function parseTime(layout: string, text: string): Time {
  const reader = new Reader(layout, text);
  const parts: Parts = {
    year: 0,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    utc: false,
    zone: "",
  };
  let rest = layout;
  for (;;) {
    const chunk = nextChunk(rest);
    reader.skip(chunk?.prefix ?? rest);
    if (chunk === undefined) break;
    rest = chunk.suffix;
    readElement(reader, parts, chunk.element, rest);
  }
  reader.end();
  return toTime(reader, parts);
}

/** The text still to be read, and the error for what does not fit. */
class Reader {
  readonly #layout: string;
  readonly #text: string;
  #rest: string;

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
    this.#rest = text;
  }

  fail(reason: string): never {
    const shown = [this.#text, this.#layout].map((part) => JSON.stringify(part));
    throw new FunctionError(`parsing time ${shown[0]} as ${shown[1]}: ${reason}`);
  }

  /** Reads what matches at the start; the pattern is anchored there. */
  take(pattern: RegExp, element: string): RegExpExecArray {
    const match = pattern.exec(this.#rest);
    if (match === null) {
      return this.fail(`cannot parse ${JSON.stringify(this.#rest)} as ${JSON.stringify(element)}`);
    }
    this.#rest = this.#rest.slice(match[0].length);
    return match;
  }

  takeIf(pattern: RegExp): RegExpExecArray | null {
    return pattern.test(this.#rest) ? this.take(pattern, "") : null;
  }

  number(pattern: RegExp, element: string): number {
    return Number(this.take(pattern, element)[0]);
  }

  ranged(value: number, low: number, high: number, name: string): number {
    return value < low || value > high ? this.fail(`${name} out of range`) : value;
  }

  /** Index of the name at the start, in any case of its letters. */
  name(names: readonly string[], element: string): number {
    const letters = (/^[A-Za-z]*/.exec(this.#rest)?.[0] ?? "").toLowerCase();
    const index = names.findIndex((name) => letters.startsWith(name.toLowerCase()));
    if (index === -1) this.take(NOTHING, element);
    this.#rest = this.#rest.slice((names[index] ?? "").length);
    return index;
  }

  /** Reads the text between elements; a row of spaces stands for any number of spaces. */
  skip(literal: string): void {
    for (const piece of literal.match(/ +|[^ ]+/g) ?? []) {
      if (piece.startsWith(" ")) {
        if (this.#rest !== "") this.take(/^ +/, literal);
      } else if (this.#rest.startsWith(piece)) {
        this.#rest = this.#rest.slice(piece.length);
      } else {
        this.take(NOTHING, literal);
      }
    }
  }

  end(): void {
    if (this.#rest !== "") this.fail(`extra text: ${JSON.stringify(this.#rest)}`);
  }
}

const NOTHING = /^(?!)/;
const TWO_DIGITS = /^[0-9]{2}/;
const ONE_OR_TWO_DIGITS = /^[0-9]{1,2}/;
const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3));
const SHORT_WEEKDAYS = WEEKDAYS.map((name) => name.slice(0, 3));

function readElement(reader: Reader, parts: Parts, element: string, rest: string): void {
  switch (element) {
    case "2006":
      parts.year = reader.number(/^[0-9]{4}/, element);
      break;
    case "06":
      parts.year = fullYear(reader.number(/^[-+0-9][0-9]/, element));
      break;
    case "January":
      parts.month = reader.name(MONTHS, element) + 1;
      break;
    case "Jan":
      parts.month = reader.name(SHORT_MONTHS, element) + 1;
      break;
    case "01":
    case "1":
      parts.month = reader.ranged(reader.number(digits(element), element), 1, 12, "month");
      break;
    case "Monday":
      reader.name(WEEKDAYS, element);
      break;
    case "Mon":
      reader.name(SHORT_WEEKDAYS, element);
      break;
    case "_2":
      reader.takeIf(/^ /);
      parts.day = reader.number(ONE_OR_TWO_DIGITS, element);
      break;
    case "02":
    case "2":
      parts.day = reader.number(digits(element), element);
      break;
    case "__2":
      reader.takeIf(/^ {1,2}/);
      parts.yearDay = reader.number(/^[0-9]{1,3}/, element);
      break;
    case "002":
      parts.yearDay = reader.number(/^[0-9]{3}/, element);
      break;
    case "15":
      parts.hour = reader.ranged(reader.number(ONE_OR_TWO_DIGITS, element), 0, 23, "hour");
      break;
    case "03":
    case "3":
      parts.hour = reader.ranged(reader.number(digits(element), element), 0, 12, "hour");
      break;
    case "04":
    case "4":
      parts.minute = reader.ranged(reader.number(digits(element), element), 0, 59, "minute");
      break;
    case "05":
    case "5":
      parts.second = reader.ranged(reader.number(digits(element), element), 0, 59, "second");
      readUnannouncedFraction(reader, parts, rest);
      break;
    case "PM":
      parts.half = reader.take(/^[AP]M/, element)[0] === "PM" ? "PM" : "AM";
      break;
    case "pm":
      parts.half = reader.take(/^[ap]m/, element)[0] === "pm" ? "PM" : "AM";
      break;
    case "MST":
      readZoneName(reader, parts);
      break;
    default:
      if (/^[.,]/.test(element)) readFraction(reader, parts, element);
      else readOffset(reader, parts, element);
  }
}

/** Elements with a leading 0 stand for two digits, others for one or two. */
function digits(element: string): RegExp {
  return element.startsWith("0") ? TWO_DIGITS : ONE_OR_TWO_DIGITS;
}

/** Unix time starts in 69 in some zones. */
function fullYear(year: number): number {
  return year >= 69 ? year + 1900 : year + 2000;
}

/** Text may have a fraction of the second where the layout has none. */
function readUnannouncedFraction(reader: Reader, parts: Parts, rest: string): void {
  const next = nextChunk(rest)?.element ?? "";
  if (/^[.,]/.test(next)) return;
  const match = reader.takeIf(/^[.,]([0-9]+)/);
  if (match !== null) parts.nanosecond = nanoseconds(match[1] ?? "");
}

/** `.000` wants that many digits, `.999` takes any number of them, or none. */
function readFraction(reader: Reader, parts: Parts, element: string): void {
  if (element[1] === "9") {
    const match = reader.takeIf(/^[.,]([0-9]+)/);
    if (match !== null) parts.nanosecond = nanoseconds(match[1] ?? "");
    return;
  }
  const size = element.length - 1;
  const [, found = ""] = reader.take(new RegExp(`^[.,]([0-9]{${size}})`), element);
  parts.nanosecond = nanoseconds(found);
}

function nanoseconds(fraction: string): number {
  return Number(fraction.slice(0, 9).padEnd(9, "0"));
}

const OFFSETS: Readonly<Record<string, RegExp>> = {
  "07": /^([-+])([0-9]{2})/,
  "0700": /^([-+])([0-9]{2})([0-9]{2})/,
  "07:00": /^([-+])([0-9]{2}):([0-9]{2})/,
  "070000": /^([-+])([0-9]{2})([0-9]{2})([0-9]{2})/,
  "07:00:00": /^([-+])([0-9]{2}):([0-9]{2}):([0-9]{2})/,
};

function readOffset(reader: Reader, parts: Parts, element: string): void {
  if (element.startsWith("Z") && reader.takeIf(/^Z/) !== null) {
    parts.utc = true;
    return;
  }
  const match = reader.take(OFFSETS[element.slice(1)] ?? NOTHING, element);
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = match;
  const size =
    reader.ranged(Number(hours), 0, 24, "time zone offset hour") * 3600 +
    reader.ranged(Number(minutes), 0, 60, "time zone offset minute") * 60 +
    reader.ranged(Number(seconds), 0, 60, "time zone offset second");
  parts.offsetSeconds = sign === "-" ? -size : size;
}

// three letters, four with T (or Chamorro, Metlakatla, Central Indonesia) or five with T; an offset
// of at most 23 hours, after GMT or alone; at least three characters must be left
const ZONE_NAME =
  /^(?=[\s\S]{3})(?:ChST|MeST|GMT(?:[-+]0*(?:1?[0-9]|2[0-3])(?![0-9]))?|[-+]0*(?:1?[0-9]|2[0-3])(?![0-9])|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z]))/;

function readZoneName(reader: Reader, parts: Parts): void {
  if (reader.takeIf(/^UTC/) !== null) {
    parts.utc = true;
    return;
  }
  parts.zone = reader.take(ZONE_NAME, "MST")[0];
}

function toTime(reader: Reader, parts: Parts): Time {
  const { month, day } = dateOf(reader, parts);
  const days = daysBeforeYear(parts.year) + daysBeforeMonth(parts.year, month) + day - 1;
  const clock = (hourOf(parts) * 60 + parts.minute) * 60 + parts.second;
  const seconds = BigInt(days) * 86_400n + BigInt(clock);
  const at = (offset: number) => (seconds - BigInt(offset)) * SECOND + BigInt(parts.nanosecond);
  if (parts.utc) return new Time(at(0));
  const { offsetSeconds, zone } = parts;
  if (offsetSeconds !== undefined) {
    return offsetSeconds === 0 && zone === ""
      ? new Time(at(0), LOCAL)
      : new Time(at(offsetSeconds), zone, offsetSeconds, true);
  }
  if (zone === "") return new Time(at(0), LOCAL);
  // a name says nothing about the offset, except GMT+3; the clock is then not moved
  const shown = /^GMT[-+]/.test(zone) ? Number(zone.slice(3)) * 3600 : 0;
  return new Time(at(0), zone, shown, true);
}

const SECOND = 1_000_000_000n;

function hourOf(parts: Parts): number {
  if (parts.half === "PM" && parts.hour < 12) return parts.hour + 12;
  return parts.half === "AM" && parts.hour === 12 ? 0 : parts.hour;
}

function dateOf(reader: Reader, parts: Parts): { month: number; day: number } {
  const { year, yearDay } = parts;
  if (yearDay === undefined) {
    const { month = 1, day = 1 } = parts;
    return { month, day: reader.ranged(day, 1, daysInMonth(year, month), "day") };
  }
  reader.ranged(yearDay, 1, isLeapYear(year) ? 366 : 365, "day-of-year");
  let month = 12;
  while (daysBeforeMonth(year, month) >= yearDay) month--;
  const day = yearDay - daysBeforeMonth(year, month);
  if ((parts.month ?? month) !== month) reader.fail("day-of-year does not match month");
  if ((parts.day ?? day) !== day) reader.fail("day-of-year does not match day");
  return { month, day };
}

const MONTH_STARTS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/** Days of the year before the first of `month`, 1 to 13. */
export function daysBeforeMonth(year: number, month: number): number {
  return (MONTH_STARTS[month - 1] ?? 0) + (month > 2 && isLeapYear(year) ? 1 : 0);
}

function daysInMonth(year: number, month: number): number {
  return daysBeforeMonth(year, month + 1) - daysBeforeMonth(year, month);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
