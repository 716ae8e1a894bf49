/**
 * Versions as Masterminds/semver v3.5.0 reads and orders them: SemVer 2.0.0 but for a leading `v`,
 * left out minor and patch numbers, and leading zeros in the three numbers.
 */

import { compareStrings } from "../bytes.js";
import { FunctionError } from "../error.js";
import { MAX_UINT64 } from "../number.js";

export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without the hyphen; "" for a release. */
  readonly prerelease: string;
  /** Without the plus. */
  readonly metadata: string;
  /** The text it was read from. */
  readonly original: string;
}

const MAX_VERSION_LENGTH = 256;
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(
  `^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`,
);

/** @throws {FunctionError} for text that is no version, or longer than 256 bytes */
export function parseVersion(text: string): Version {
  const match = text.length > MAX_VERSION_LENGTH ? null : VERSION.exec(text);
  if (match === null) throw new FunctionError("invalid semantic version");
  const [, major = "0", minor = "0", patch = "0", prerelease = "", metadata = ""] = match;
  if (prerelease !== "") checkPrerelease(prerelease);
  return {
    major: segment(major),
    minor: segment(minor),
    patch: segment(patch),
    prerelease,
    metadata,
    original: text,
  };
}

function segment(digits: string): bigint {
  const value = BigInt(digits);
  if (value > MAX_UINT64) throw new FunctionError(`version segment ${digits} is above 64 bits`);
  return value;
}

/** @throws {FunctionError} for identifiers that are empty, numbers with leading zeros, or hold other characters */
export function checkPrerelease(prerelease: string): void {
  for (const identifier of prerelease.split(".")) {
    if (/^0[0-9]+$/.test(identifier)) throw new FunctionError("version segment starts with 0");
    if (!/^[0-9A-Za-z-]+$/.test(identifier)) throw new FunctionError("invalid prerelease string");
  }
}

/** @throws {FunctionError} for identifiers that are empty or hold other characters */
export function checkMetadata(metadata: string): void {
  if (!new RegExp(`^${IDENTIFIERS}$`).test(metadata)) {
    throw new FunctionError("invalid metadata string");
  }
}

export function formatVersion(version: Omit<Version, "original">): string {
  const prerelease = version.prerelease === "" ? "" : `-${version.prerelease}`;
  const metadata = version.metadata === "" ? "" : `+${version.metadata}`;
  return `${version.major}.${version.minor}.${version.patch}${prerelease}${metadata}`;
}

/** -1, 0 or 1 by SemVer's precedence (item 11); metadata does not count. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

function compareNumbers(a: bigint, b: bigint): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A release is above its prereleases. */
export function comparePrereleases(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const left = a.split(".");
  const right = b.split(".");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareIdentifiers(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const numbers = [identifierNumber(a), identifierNumber(b)] as const;
  if (numbers[0] !== undefined && numbers[1] !== undefined) {
    return numbers[0] > numbers[1] ? 1 : -1;
  }
  // numbers come before words
  if (numbers[0] !== undefined) return -1;
  if (numbers[1] !== undefined) return 1;
  return compareStrings(a, b) > 0 ? 1 : -1;
}

function identifierNumber(identifier: string): bigint | undefined {
  if (!/^[0-9]+$/.test(identifier)) return undefined;
  const value = BigInt(identifier);
  return value > MAX_UINT64 ? undefined : value;
}
