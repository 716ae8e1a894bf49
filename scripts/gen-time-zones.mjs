/**
 * Writes src/core/gotemplate/time-zone-data.ts from compiled IANA time zone files (TZif, RFC 9636).
 * Usage: node scripts/gen-time-zones.mjs DIRECTORY RELEASE
 *   DIRECTORY  the files of all zones as `zic -b slim` makes them
 *   RELEASE    the tzdata release they were made of, for example 2025c
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const OUTPUT = new URL("../src/core/gotemplate/time-zone-data.ts", import.meta.url);

const [directory, release] = process.argv.slice(2);
if (directory === undefined || release === undefined) {
  console.error("usage: node scripts/gen-time-zones.mjs DIRECTORY RELEASE");
  process.exit(2);
}

/** Zones with the same content share one line, their names joined by commas. */
const namesByContent = new Map();
for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
  if (!file.isFile()) continue;
  const path = join(file.parentPath, file.name);
  const bytes = readFileSync(path);
  if (bytes.toString("latin1", 0, 4) !== "TZif") continue;
  const content = encodeZone(readZone(bytes));
  const names = namesByContent.get(content) ?? [];
  names.push(relative(directory, path));
  namesByContent.set(content, names);
}
const lines = [...namesByContent].map(([content, names]) => `${names.sort().join(",")}|${content}`);
lines.sort();
writeFileSync(
  OUTPUT,
  `/**
 * The IANA time zones (public domain), release ${release}; made by scripts/gen-time-zones.mjs, read by
 * time-zone.ts. One line is NAMES|TYPES|TRANSITIONS|RULE: types are ABBREVIATION OFFSET, with \`*\` for
 * daylight saving time; the first holds before the first transition. A transition is a type as a
 * letter and the seconds since the one before it (the first: since 1970) in base 36. RULE is the
 * POSIX TZ string for what comes after the last transition.
 */
export const TIME_ZONES = \`
${lines.join("\n")}
\`;
`,
);

/** Reads the 64-bit part of a TZif file of version 2 or later. */
function readZone(bytes) {
  const first = counts(bytes, 0);
  const start = 44 + blockSize(first, 4);
  const second = counts(bytes, start);
  let at = start + 44;
  const times = Array.from({ length: second.timecnt }, (_, i) =>
    Number(bytes.readBigInt64BE(at + 8 * i)),
  );
  at += 8 * second.timecnt;
  const indexes = [...bytes.subarray(at, at + second.timecnt)];
  at += second.timecnt;
  const names = at + 6 * second.typecnt;
  const types = Array.from({ length: second.typecnt }, (_, i) => {
    const begin = names + bytes[at + 6 * i + 5];
    return {
      offset: bytes.readInt32BE(at + 6 * i),
      isDst: bytes[at + 6 * i + 4] === 1,
      name: bytes.toString("latin1", begin, bytes.indexOf(0, begin)),
    };
  });
  const rule = bytes
    .subarray(start + 44 + blockSize(second, 8))
    .toString("latin1")
    .trim();
  return { times, indexes, types, rule };
}

function counts(bytes, at) {
  const [isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt] = [20, 24, 28, 32, 36, 40].map(
    (offset) => bytes.readUInt32BE(at + offset),
  );
  return { isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt };
}

function blockSize(count, timeBytes) {
  return (
    count.timecnt * (timeBytes + 1) +
    count.typecnt * 6 +
    count.charcnt +
    count.leapcnt * (timeBytes + 4) +
    count.isstdcnt +
    count.isutcnt
  );
}

function encodeZone({ times, indexes, types, rule }) {
  if (types.length > 26) throw new Error("more local time types than letters");
  const encodedTypes = types.map((type) => `${type.name} ${type.offset}${type.isDst ? "*" : ""}`);
  let previous = 0;
  const transitions = times.map((time, i) => {
    const delta = time - previous;
    previous = time;
    return String.fromCharCode(0x41 + indexes[i]) + delta.toString(36);
  });
  return `${encodedTypes.join(";")}|${transitions.join("")}|${rule}`;
}
