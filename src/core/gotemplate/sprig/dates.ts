/**
 * Sprig's dates. The local zone is UTC and the clock is the host's. Where a date is asked for,
 * integers are Unix seconds and anything else but a time silently means now, as in Sprig.
 */
import {
  clampDuration,
  formatDuration,
  HOUR,
  MINUTE,
  parseDuration,
  roundDuration,
  SECOND,
} from "../duration.js";
import { FunctionError } from "../error.js";
import { LOCAL, Time } from "../time.js";
import { formatTime } from "../time-format.js";
import { addDuration, unixSeconds, ZERO_TIME } from "../time-methods.js";
import { parseTime } from "../time-parse.js";
import { findZone } from "../time-zone.js";
import { type CallContext, GoFunction, Int, NamedInt, type Value } from "../value.js";
import { parseDecimal } from "./types.js";

const STEPS_TO_READ = 20;
const HTML_DATE = "2006-01-02";

export const dateFunctions: readonly GoFunction[] = [
  new GoFunction("now", [], (context: CallContext) => new Time(context.host.now(), LOCAL)),
  new GoFunction("date", ["string", "any"], (context: CallContext, layout: string, date: Value) =>
    formatInZone(context, layout, date, "Local"),
  ),
  ...["dateInZone", "date_in_zone"].map(
    (name) => new GoFunction(name, ["string", "any", "string"], formatInZone),
  ),
  new GoFunction("htmlDate", ["any"], (context: CallContext, date: Value) =>
    formatInZone(context, HTML_DATE, date, "Local"),
  ),
  new GoFunction("htmlDateInZone", ["any", "string"], (context, date: Value, zone: string) =>
    formatInZone(context, HTML_DATE, date, zone),
  ),
  ...["dateModify", "date_modify"].map(
    (name) => new GoFunction(name, ["string", "time.Time"], dateModify),
  ),
  ...["mustDateModify", "must_date_modify"].map(
    (name) =>
      new GoFunction(name, ["string", "time.Time"], (_: CallContext, text: string, date: Time) =>
        addDuration(date, parseDuration(text)),
      ),
  ),
  new GoFunction("ago", ["any"], ago),
  new GoFunction("duration", ["any"], durationOfSeconds),
  new GoFunction("durationRound", ["any"], durationRound),
  new GoFunction("toDate", ["string", "string"], toDate),
  new GoFunction("mustToDate", ["string", "string"], (context, layout: string, text: string) => {
    context.charge(STEPS_TO_READ + text.length + layout.length);
    return parseTime(layout, text);
  }),
  new GoFunction("unixEpoch", ["time.Time"], (_: CallContext, date: Time) =>
    String(unixSeconds(date)),
  ),
];

function formatInZone(context: CallContext, layout: string, date: Value, zone: string): string {
  context.charge(layout.length);
  context.allocate(4 * layout.length);
  const { unixNanos } = toTime(context, date);
  return formatTime(new Time(unixNanos, findZone(zone) ?? "UTC"), layout);
}

function toTime(context: CallContext, date: Value): Time {
  if (date instanceof Time) return date;
  if (typeof date === "bigint") return new Time(date * SECOND);
  const plain = date instanceof Int && !(date instanceof NamedInt);
  if (plain && (date.kind === "int64" || date.kind === "int32")) {
    return new Time(date.value * SECOND);
  }
  return new Time(context.host.now());
}

function dateModify(_context: CallContext, text: string, date: Time): Time {
  const nanoseconds = parsed(() => parseDuration(text));
  return nanoseconds === undefined ? date : addDuration(date, nanoseconds);
}

function ago(context: CallContext, date: Value): string {
  const elapsed = sinceTime(context, toTime(context, date));
  return formatDuration(roundDuration(elapsed, SECOND));
}

function sinceTime(context: CallContext, time: Time): bigint {
  return clampDuration(context.host.now() - time.unixNanos);
}

/** Takes text or an int64; an int counts as 0. */
function durationOfSeconds(_context: CallContext, value: Value): string {
  return formatDuration(BigInt.asIntN(64, plainSeconds(value) * SECOND));
}

function plainSeconds(value: Value): bigint {
  if (typeof value === "string") return parseDecimal(value);
  return plainInt64(value) ?? 0n;
}

function plainInt64(value: Value): bigint | undefined {
  const plain = value instanceof Int && !(value instanceof NamedInt) && value.kind === "int64";
  return plain ? value.value : undefined;
}

const DAY = 24n * HOUR;
const ROUND_UNITS: readonly (readonly [bigint, string])[] = [
  [365n * DAY, "y"],
  [30n * DAY, "mo"],
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "m"],
  [SECOND, "s"],
];

/** The largest unit that the duration is more than one of, without sign. */
function durationRound(context: CallContext, value: Value): string {
  const nanoseconds = nanosecondsOf(context, value);
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const [unit, letters] = ROUND_UNITS.find(([candidate]) => size > candidate) ?? [SECOND, "s"];
  return size > unit ? `${size / unit}${letters}` : "0s";
}

function nanosecondsOf(context: CallContext, value: Value): bigint {
  if (typeof value === "string") return parsed(() => parseDuration(value)) ?? 0n;
  if (value instanceof Time) return sinceTime(context, value);
  return plainInt64(value) ?? 0n;
}

function toDate(context: CallContext, layout: string, text: string): Time {
  context.charge(STEPS_TO_READ + text.length + layout.length);
  return parsed(() => parseTime(layout, text)) ?? ZERO_TIME;
}

function parsed<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FunctionError) return undefined;
    throw error;
  }
}
