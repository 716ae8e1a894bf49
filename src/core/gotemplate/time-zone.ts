/**
 * Offset and abbreviation of an IANA time zone at an instant, as Go's time.Location finds them. The
 * zones come with this package and not from the host, so that a template gives the same text
 * everywhere.
 */
import { LOCAL, type Time } from "./time.js";
import { TIME_ZONES } from "./time-zone-data.js";

/** What holds in a zone at some instant. */
export interface LocalType {
  /** `CET`, or `+0530` where the zone has no letters. */
  readonly abbreviation: string;
  readonly offsetSeconds: number;
  readonly isDst: boolean;
}

interface Zone {
  readonly types: readonly LocalType[];
  /** Unix seconds, ascending. */
  readonly transitions: readonly number[];
  /** Index into `types` of what holds from the transition on. */
  readonly typeAt: readonly number[];
  readonly rule: Rule | undefined;
}

/** The yearly change after the last transition (POSIX TZ); without `change` nothing changes any more. */
interface Rule {
  readonly standard: LocalType;
  readonly change?: { readonly dst: LocalType; readonly start: RuleDate; readonly end: RuleDate };
}

/** `Mm.w.d/time`: the time of day in seconds on day `weekday` (0 is Sunday) of the week of the month. */
interface RuleDate {
  readonly month: number;
  /** 1 to 5; 5 is the last. */
  readonly week: number;
  readonly weekday: number;
  readonly seconds: number;
}

const SECOND = 1_000_000_000n;
const UTC: LocalType = { abbreviation: "UTC", offsetSeconds: 0, isDst: false };

/** What holds where and when `time` is shown; a bare offset has the abbreviation "". */
export function offsetOf(time: Time): LocalType {
  if (time.fixed) {
    return { abbreviation: time.zone, offsetSeconds: time.offsetSeconds, isDst: false };
  }
  const seconds = time.unixNanos / SECOND;
  return localTypeAt(time.zone, Number(time.unixNanos % SECOND < 0n ? seconds - 1n : seconds));
}

/**
 * The zone that Go's time.LoadLocation finds by a name: "" and "Local" are UTC here. Go looks for a file
 * below a folder, so a slash may stand twice and a dot for a folder. Undefined if there is no such zone.
 */
export function findZone(name: string): string | undefined {
  if (name === "" || name === "UTC" || name === LOCAL) return "UTC";
  if (name.startsWith("/")) return undefined;
  const [file = "", ...folders] = name.split("/").reverse();
  const path = [file, ...folders.filter((part) => part !== "" && part !== ".")].reverse().join("/");
  return zoneLines().has(path) ? path : undefined;
}

/** What holds in the zone at `unixSeconds`; unknown names are UTC. */
export function localTypeAt(name: string, unixSeconds: number): LocalType {
  const zone = name === "UTC" || name === LOCAL ? undefined : zoneOf(name);
  if (zone === undefined) return UTC;
  const index = lastAtOrBefore(zone.transitions, unixSeconds);
  if (index === zone.transitions.length - 1 && index !== -1 && zone.rule !== undefined) {
    return applyRule(zone.rule, unixSeconds);
  }
  return zone.types[zone.typeAt[index] ?? 0] ?? UTC;
}

let lines: ReadonlyMap<string, string> | undefined;
const zones = new Map<string, Zone>();

function zoneLines(): ReadonlyMap<string, string> {
  if (lines === undefined) {
    const found = new Map<string, string>();
    for (const line of TIME_ZONES.trim().split("\n")) {
      const end = line.indexOf("|");
      for (const name of line.slice(0, end).split(",")) found.set(name, line.slice(end + 1));
    }
    lines = found;
  }
  return lines;
}

function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const line = zoneLines().get(name);
  if (line === undefined) return undefined;
  const zone = decodeZone(line);
  zones.set(name, zone);
  return zone;
}

function decodeZone(line: string): Zone {
  const [types = "", encoded = "", rule = ""] = line.split("|");
  const transitions: number[] = [];
  const typeAt: number[] = [];
  let time = 0;
  for (const [, type = "A", delta = "0"] of encoded.matchAll(/([A-Z])(-?[0-9a-z]+)/g)) {
    time += Number.parseInt(delta, 36);
    transitions.push(time);
    typeAt.push(type.charCodeAt(0) - 0x41);
  }
  return { types: types.split(";").map(decodeType), transitions, typeAt, rule: decodeRule(rule) };
}

function decodeType(text: string): LocalType {
  const [abbreviation = "", offset = "0"] = text.split(" ");
  return {
    abbreviation,
    offsetSeconds: Number.parseInt(offset, 10),
    isDst: offset.endsWith("*"),
  };
}

const RULE =
  /^(?<std>[A-Za-z]+|<[^>]+>)(?<stdOffset>[-+:0-9]+)(?:(?<dst>[A-Za-z]+|<[^>]+>)(?<dstOffset>[-+:0-9]+)?,(?<start>[^,]+),(?<end>[^,]+))?$/;

function decodeRule(text: string): Rule | undefined {
  const groups = RULE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const standard = {
    abbreviation: plainName(groups.std ?? ""),
    offsetSeconds: -clockSeconds(groups.stdOffset ?? ""),
    isDst: false,
  };
  if (groups.dst === undefined) return { standard };
  const dst = {
    abbreviation: plainName(groups.dst),
    offsetSeconds:
      groups.dstOffset === undefined
        ? standard.offsetSeconds + 3600
        : -clockSeconds(groups.dstOffset),
    isDst: true,
  };
  const [start, end] = [ruleDate(groups.start ?? ""), ruleDate(groups.end ?? "")];
  return { standard, change: { dst, start, end } };
}

function plainName(name: string): string {
  return name.replace(/^<|>$/g, "");
}

/** `[+-]hh[:mm[:ss]]` in seconds. */
function clockSeconds(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[-+]/, "").split(":").map(Number);
  const total = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith("-") ? -total : total;
}

function ruleDate(text: string): RuleDate {
  const [date = "", time = "2"] = text.split("/");
  const [month = 1, week = 1, weekday = 0] = date.slice(1).split(".").map(Number);
  return { month, week, weekday, seconds: clockSeconds(time) };
}

function applyRule(rule: Rule, seconds: number): LocalType {
  if (rule.change === undefined) return rule.standard;
  const { dst, start, end } = rule.change;
  // the calendar repeats, days of the week included; Date does not hold all of Go's years
  const unixSeconds = seconds - Math.floor(seconds / CYCLE_SECONDS) * CYCLE_SECONDS;
  const year = new Date(unixSeconds * 1000).getUTCFullYear();
  const begins = ruleSeconds(year, start) - rule.standard.offsetSeconds;
  const ends = ruleSeconds(year, end) - dst.offsetSeconds;
  const inDst =
    begins < ends
      ? unixSeconds >= begins && unixSeconds < ends
      : unixSeconds >= begins || unixSeconds < ends;
  return inDst ? dst : rule.standard;
}

const DAY_SECONDS = 86_400;
/** 400 years. */
const CYCLE_SECONDS = 146_097 * DAY_SECONDS;

/** The moment of the rule in that year, as if local time were UTC. */
function ruleSeconds(year: number, rule: RuleDate): number {
  const first = new Date(Date.UTC(2000, rule.month - 1, 1));
  first.setUTCFullYear(year);
  let day = 1 + ((rule.weekday - first.getUTCDay() + 7) % 7) + 7 * (rule.week - 1);
  const monthDays = new Date(new Date(first).setUTCMonth(rule.month, 0)).getUTCDate();
  while (day > monthDays) day -= 7;
  return first.getTime() / 1000 + (day - 1) * DAY_SECONDS + rule.seconds;
}

/** Index of the last element that is not above `value`; -1 if all are. */
function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
