/** Times as bytes: the methods of Go's time.Time for encoders. They give []byte. */
import { Buffer } from "node:buffer";
import { withCapacity } from "./capacity.js";
import { FunctionError } from "./error.js";
import { byteList } from "./kind.js";
import type { Time } from "./time.js";
import { formatTime, timeFields, timeWords } from "./time-format.js";
import { offsetOf } from "./time-zone.js";
import { GoFunction } from "./value.js";

/** RFC 3339 as Go's encoders write it, for years of four digits and offsets below 24 hours. */
export function strictRfc3339(time: Time, method: string): string {
  const { year } = timeFields(time);
  if (year < 0 || year > 9999) {
    throw new FunctionError(`Time.${method}: year outside of range [0,9999]`);
  }
  if (Math.abs(offsetOf(time).offsetSeconds) >= DAY_SECONDS) {
    throw new FunctionError(`Time.${method}: timezone hour outside of range [0,23]`);
  }
  return formatTime(time, "2006-01-02T15:04:05.999999999Z07:00");
}

const DAY_SECONDS = 86_400;

export function encodingMethods(time: Time): GoFunction[] {
  const bytes = (name: string, capacity: number, encode: () => Uint8Array) =>
    new GoFunction(name, [], () => {
      const list = byteList(encode());
      withCapacity(list.items ?? [], capacity);
      return list;
    });
  return [
    bytes("MarshalText", 35, () => Buffer.from(strictRfc3339(time, "MarshalText"))),
    bytes("MarshalJSON", 37, () => Buffer.from(`"${strictRfc3339(time, "MarshalJSON")}"`)),
    bytes("MarshalBinary", 16, () => binary(time)),
    bytes("GobEncode", 16, () => binary(time)),
  ];
}

/** Version, seconds since year 1, nanoseconds, minutes east of UTC or -1 for UTC, and left seconds. */
function binary(time: Time): Uint8Array {
  const isUtc = time.zone === "UTC" && !time.fixed;
  const { offsetSeconds } = offsetOf(time);
  const minutes = Math.trunc(offsetSeconds / 60);
  const seconds = offsetSeconds % 60;
  if (!isUtc && (minutes === -1 || Math.abs(minutes) > 32_767)) {
    throw new FunctionError("Time.MarshalBinary: unexpected zone offset");
  }
  const exact = !isUtc && seconds !== 0;
  const bytes = Buffer.alloc(exact ? 16 : 15);
  const { wall, ext } = timeWords(time);
  bytes.writeUInt8(exact ? 2 : 1, 0);
  bytes.writeBigInt64BE(BigInt.asIntN(64, ext.value), 1);
  bytes.writeUInt32BE(Number(wall.value), 9);
  bytes.writeInt16BE(isUtc ? -1 : minutes, 13);
  if (exact) bytes.writeInt8(seconds, 15);
  return bytes;
}
