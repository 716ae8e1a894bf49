/** The methods of Go's time.Time, and of the durations, months and weekdays they give. */
import { clampDuration, formatDuration, HOUR, MINUTE, roundDuration, SECOND } from "./duration.js";
import { FunctionError } from "./error.js";
import { int64 } from "./kind.js";
import { wrapInt } from "./number.js";
import { LOCAL, Time } from "./time.js";
import { encodingMethods } from "./time-encode.js";
import {
  formatTime,
  goTimeString,
  MONTHS,
  timeFields,
  timeString,
  WEEKDAYS,
} from "./time-format.js";
import { locationFields } from "./time-location.js";
import { offsetOf } from "./time-zone.js";
import { type CallContext, GoFunction, NamedInt, Struct, type Value } from "./value.js";

export type Methods = ReadonlyMap<string, GoFunction>;

/** Seconds from year 1 to 1970; Go's zero time is at the start of year 1. */
const ZERO_SECONDS = -62_135_596_800n;

export const ZERO_TIME = new Time(ZERO_SECONDS * SECOND);

/** What a template may call on the time. */
export function timeMethods(time: Time): Methods {
  return methods(GROUPS.flatMap((group) => group(time)));
}

/** One of the methods: only those of its group are made. */
export function timeMethod(time: Time, name: string): GoFunction | undefined {
  return groupOf(name)?.(time).find((method) => method.name === name);
}

type Group = (time: Time) => GoFunction[];

const GROUPS: readonly Group[] = [
  fieldMethods,
  unixMethods,
  comparisonMethods,
  changeMethods,
  zoneMethods,
  encodingMethods,
  textMethods,
  refusedMethods,
];

let groups: ReadonlyMap<string, Group> | undefined;

function groupOf(name: string): Group | undefined {
  groups ??= new Map(
    GROUPS.flatMap((group) => group(ZERO_TIME).map((method) => [method.name, group] as const)),
  );
  return groups.get(name);
}

function textMethods(time: Time): GoFunction[] {
  return [
    new GoFunction("Format", ["string"], (_: CallContext, layout: string) =>
      formatTime(time, layout),
    ),
    new GoFunction("String", [], () => timeString(time)),
    new GoFunction("GoString", [], () => goTimeString(time)),
  ];
}

function refusedMethods(): GoFunction[] {
  return [
    refused("Clock", ["int", "int", "int"]),
    refused("Date", ["int", "time.Month", "int"]),
    refused("ISOWeek", ["int", "int"]),
    refused("Zone", ["string", "int"]),
    refused("ZoneBounds", ["time.Time", "time.Time"]),
  ];
}

/** Whole seconds since 1970. */
export function unixSeconds(time: Time): bigint {
  return floorDivide(time.unixNanos, SECOND);
}

/** The time `nanoseconds` later, shown in the same zone. */
export function addDuration(time: Time, nanoseconds: bigint): Time {
  return at(time, time.unixNanos + nanoseconds);
}

function fieldMethods(time: Time): GoFunction[] {
  const field = (name: string, read: (fields: ReturnType<typeof timeFields>) => number) =>
    new GoFunction(name, [], () => BigInt(read(timeFields(time))));
  return [
    field("Year", (fields) => fields.year),
    field("Day", (fields) => fields.day),
    field("Hour", (fields) => fields.hour),
    field("Minute", (fields) => fields.minute),
    field("Second", (fields) => fields.second),
    field("Nanosecond", (fields) => fields.nanosecond),
    field("YearDay", (fields) => fields.yearDay),
    new GoFunction("Month", [], () => month(timeFields(time).month)),
    new GoFunction("Weekday", [], () => weekday(timeFields(time).weekday)),
  ];
}

function unixMethods(time: Time): GoFunction[] {
  const unix = (name: string, unit: bigint) =>
    new GoFunction(name, [], () => int64(floorDivide(time.unixNanos, unit)));
  return [
    unix("Unix", SECOND),
    unix("UnixMilli", 1_000_000n),
    unix("UnixMicro", 1_000n),
    unix("UnixNano", 1n),
  ];
}

function comparisonMethods(time: Time): GoFunction[] {
  const compare = (name: string, test: (a: bigint, b: bigint) => Value) =>
    new GoFunction(name, ["time.Time"], (_: CallContext, other: Time) =>
      test(time.unixNanos, other.unixNanos),
    );
  return [
    compare("After", (a, b) => a > b),
    compare("Before", (a, b) => a < b),
    compare("Equal", (a, b) => a === b),
    compare("Compare", (a, b) => (a < b ? -1n : a > b ? 1n : 0n)),
    compare("Sub", (a, b) => duration(clampDuration(a - b))),
    new GoFunction("IsZero", [], () => time.unixNanos === ZERO_TIME.unixNanos),
  ];
}

function changeMethods(time: Time): GoFunction[] {
  const sinceZero = time.unixNanos - ZERO_TIME.unixNanos;
  return [
    new GoFunction("Add", ["time.Duration"], (_: CallContext, nanoseconds: bigint) =>
      addDuration(time, nanoseconds),
    ),
    new GoFunction(
      "AddDate",
      ["int", "int", "int"],
      (_: CallContext, years: bigint, months: bigint, days: bigint) =>
        addDate(time, years, months, days),
    ),
    new GoFunction("Round", ["time.Duration"], (_: CallContext, unit: bigint) => {
      if (unit <= 0n) return time;
      const rest = modulo(sinceZero, unit);
      return addDuration(time, rest * 2n < unit ? -rest : unit - rest);
    }),
    new GoFunction("Truncate", ["time.Duration"], (_: CallContext, unit: bigint) =>
      unit <= 0n ? time : addDuration(time, -modulo(sinceZero, unit)),
    ),
  ];
}

function zoneMethods(time: Time): GoFunction[] {
  return [
    new GoFunction("UTC", [], () => new Time(time.unixNanos)),
    new GoFunction("Local", [], () => new Time(time.unixNanos, LOCAL)),
    new GoFunction("In", ["*time.Location"], (_: CallContext, location: Value) => {
      if (!(location instanceof LocationStruct)) {
        throw new FunctionError("time: missing Location in call to Time.In");
      }
      return location.show(time.unixNanos);
    }),
    new GoFunction("Location", [], () => locationOf(time)),
    new GoFunction("IsDST", [], () => offsetOf(time).isDst),
  ];
}

/** Pointers that are one are equal in Go: those to UTC and to local time always. */
function locationOf(time: Time): LocationStruct {
  if (time.fixed) return new LocationStruct(time);
  const found = locations.get(time.zone) ?? new LocationStruct(time);
  locations.set(time.zone, found);
  return found;
}

const locations = new Map<string, LocationStruct>();

/** Go's *time.Location: the zone of the time it came from. */
class LocationStruct extends Struct {
  readonly #shown: Time;
  constructor(time: Time) {
    const name = time.zone === LOCAL ? "UTC" : time.zone;
    super("time.Location", locationFields(time), {
      pointer: true,
      methods: methods([new GoFunction("String", [], () => name)]),
    });
    this.#shown = time;
  }

  show(unixNanos: bigint): Time {
    return at(this.#shown, unixNanos);
  }
}

/** Go's time.AddDate: days and months beyond their range carry over, in the time's own zone. */
function addDate(time: Time, years: bigint, months: bigint, days: bigint): Time {
  const fields = timeFields(time);
  const monthIndex = wrapInt(BigInt(fields.month - 1) + months);
  const month = modulo(monthIndex, 12n) + 1n;
  const year = wrapInt(BigInt(fields.year) + years + floorDivide(monthIndex, 12n));
  const dayNumber = daysSinceFirstMarch(year, month) + BigInt(fields.day) + days - 1n;
  const clock = BigInt((fields.hour * 60 + fields.minute) * 60 + fields.second);
  const local = wrapInt((dayNumber - UNIX_EPOCH_DAYS) * 86_400n + clock);
  return fromLocal(time, local, BigInt(fields.nanosecond));
}

/** The year before which Go counts no days; a multiple of 400 (absoluteYears, time.go). */
const FIRST_YEAR = -292_277_022_400n;
/** Days from 1 March of that year to 1970. */
const UNIX_EPOCH_DAYS = (-FIRST_YEAR / 400n) * 146_097n + 719_468n;

/** Days from 1 March of Go's first year to the first of a month; they wrap as Go's (dateToAbsDays). */
function daysSinceFirstMarch(year: bigint, month: bigint): bigint {
  const early = month < 3n ? 1n : 0n;
  const inYear = (979n * (month + 12n * early) - 2919n) >> 5n;
  const sinceFirst = BigInt.asUintN(64, year - early - FIRST_YEAR);
  const centuries = BigInt.asUintN(64, 146_097n * (sinceFirst / 100n)) / 4n;
  return centuries + (1461n * (sinceFirst % 100n)) / 4n + inYear;
}

/**
 * The instant at which clocks of the time's zone show `localSeconds`. Where a change of the clocks leaves
 * none or two, Go's choice: what holds at that clock time in UTC decides.
 */
function fromLocal(like: Time, localSeconds: bigint, nanosecond: bigint): Time {
  const instant = (offset: number) =>
    at(like, (localSeconds - BigInt(offset)) * SECOND + nanosecond);
  const guess = instant(offsetOf(instant(0)).offsetSeconds);
  return instant(offsetOf(guess).offsetSeconds);
}

function at(like: Time, unixNanos: bigint): Time {
  return new Time(unixNanos, like.zone, like.offsetSeconds, like.fixed);
}

/** Go's time.Duration. */
export function duration(nanoseconds: bigint): NamedInt {
  return new NamedInt("time.Duration", "int64", nanoseconds, durationMethods);
}

function durationMethods(nanoseconds: bigint): Methods {
  const inUnit = (unit: bigint) => () =>
    Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit);
  return methods([
    new GoFunction("String", [], () => formatDuration(nanoseconds)),
    new GoFunction("Hours", [], inUnit(HOUR)),
    new GoFunction("Minutes", [], inUnit(MINUTE)),
    new GoFunction("Seconds", [], inUnit(SECOND)),
    new GoFunction("Milliseconds", [], () => int64(nanoseconds / 1_000_000n)),
    new GoFunction("Microseconds", [], () => int64(nanoseconds / 1_000n)),
    new GoFunction("Nanoseconds", [], () => int64(nanoseconds)),
    new GoFunction("Abs", [], () =>
      duration(clampDuration(nanoseconds < 0n ? -nanoseconds : nanoseconds)),
    ),
    new GoFunction("Round", ["time.Duration"], (_: CallContext, unit: bigint) =>
      duration(roundDuration(nanoseconds, unit)),
    ),
    new GoFunction("Truncate", ["time.Duration"], (_: CallContext, unit: bigint) =>
      duration(unit <= 0n ? nanoseconds : nanoseconds - (nanoseconds % unit)),
    ),
  ]);
}

function month(number: number): NamedInt {
  return new NamedInt("time.Month", "int", BigInt(number), (value) =>
    named(MONTHS[Number(value) - 1] ?? `%!Month(${value})`),
  );
}

function weekday(number: number): NamedInt {
  return new NamedInt("time.Weekday", "int", BigInt(number), (value) =>
    named(WEEKDAYS[Number(value)] ?? `%!Weekday(${value})`),
  );
}

function named(text: string): Methods {
  return methods([new GoFunction("String", [], () => text)]);
}

/** Go's templates call only what gives one result, or one and an error; `results` are Go's types. */
function refused(name: string, results: readonly string[]): GoFunction {
  const fault =
    results.length === 2
      ? `invalid function signature for ${name}: second return value should be error; is ${results[1]}`
      : `function ${name} has ${results.length} return values; should be 1 or 2`;
  return new GoFunction(name, [], () => null, { fault });
}

function methods(functions: readonly GoFunction[]): Methods {
  return new Map(functions.map((method) => [method.name, method]));
}

function floorDivide(value: bigint, unit: bigint): bigint {
  return (value - modulo(value, unit)) / unit;
}

function modulo(value: bigint, unit: bigint): bigint {
  return ((value % unit) + unit) % unit;
}
