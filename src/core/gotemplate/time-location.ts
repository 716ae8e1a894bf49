/** The fields of Go's time.Location (time/zoneinfo.go), which printing shows though templates cannot name them. */
import { int64 } from "./kind.js";
import { MAX_INT64, MIN_INT64 } from "./number.js";
import { LOCAL, type Time } from "./time.js";
import { Int, Struct, TypedList, type Value } from "./value.js";

/**
 * The fields of a time's location: all of UTC, of the local one, which is like it, and of a bare offset;
 * of an IANA zone only the name. A `cacheZone` that is null is a nil pointer.
 */
export function locationFields({ zone, offsetSeconds, fixed }: Time): Map<string, Value> {
  if (fixed) return offsetFields(zone, BigInt(offsetSeconds));
  if (zone !== LOCAL && zone !== "UTC") return new Map([["name", zone]]);
  return new Map<string, Value>([
    ["name", "UTC"],
    ["zone", new TypedList("[]time.zone", null)],
    ["tx", new TypedList("[]time.zoneTrans", null)],
    ["extend", ""],
    ["cacheStart", int64(0n)],
    ["cacheEnd", int64(0n)],
    ["cacheZone", null],
  ]);
}

/** What time.FixedZone makes. */
function offsetFields(name: string, offset: bigint): Map<string, Value> {
  const zone = new Map<string, Value>([
    ["name", name],
    ["offset", offset],
    ["isDST", false],
  ]);
  const transition = new Map<string, Value>([
    ["when", int64(MIN_INT64)],
    ["index", new Int("uint8", 0n)],
    ["isstd", false],
    ["isutc", false],
  ]);
  return new Map<string, Value>([
    ["name", name],
    ["zone", new TypedList("[]time.zone", [new Struct("time.zone", zone)])],
    ["tx", new TypedList("[]time.zoneTrans", [new Struct("time.zoneTrans", transition)])],
    ["extend", ""],
    ["cacheStart", int64(MIN_INT64)],
    ["cacheEnd", int64(MAX_INT64)],
    ["cacheZone", new Struct("time.zone", zone, { pointer: true })],
  ]);
}
