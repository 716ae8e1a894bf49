/** Sprig's `semver` and `semverCompare`, and the methods of the version that templates can call. */
import { toBytes } from "../bytes.js";
import { FunctionError } from "../error.js";
import { byteList } from "../kind.js";
import { MAX_UINT64 } from "../number.js";
import { type CallContext, GoFunction, Int, Struct, type Value } from "../value.js";
import {
  checkMetadata,
  checkPrerelease,
  compareVersions,
  formatVersion,
  parseVersion,
  type Version,
} from "./version.js";
import { allowsVersion, parseConstraint } from "./version-constraint.js";

export const semverFunctions: readonly GoFunction[] = [
  new GoFunction(
    "semver",
    ["string"],
    (_: CallContext, text: string) => new VersionStruct(parseVersion(text), true),
  ),
  new GoFunction(
    "semverCompare",
    ["string", "string"],
    (_: CallContext, constraint: string, version: string) =>
      allowsVersion(parseConstraint(constraint), parseVersion(version)),
  ),
];

/** Go's semver.Version, or a pointer to it: only the pointer has the methods that compare. */
class VersionStruct extends Struct {
  readonly version: Version;
  constructor(version: Version, pointer: boolean) {
    const functions = pointer
      ? [...valueMethods(version), ...pointerMethods(version)]
      : valueMethods(version);
    super("semver.Version", fieldsOf(version), {
      pointer,
      methods: new Map(functions.map((method) => [method.name, method])),
      zero: () => new VersionStruct(ZERO, pointer),
    });
    this.version = version;
  }
}

function fieldsOf(version: Version): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ["major", uint64(version.major)],
    ["minor", uint64(version.minor)],
    ["patch", uint64(version.patch)],
    ["pre", version.prerelease],
    ["metadata", version.metadata],
    ["original", version.original],
  ]);
}

function valueMethods(version: Version): GoFunction[] {
  const { major, minor, patch } = version;
  return [
    new GoFunction("String", [], () => formatVersion(version)),
    new GoFunction("MarshalText", [], () => byteList(toBytes(formatVersion(version)))),
    new GoFunction("MarshalJSON", [], () =>
      byteList(toBytes(JSON.stringify(formatVersion(version)))),
    ),
    new GoFunction("Value", [], () => formatVersion(version)),
    new GoFunction("Major", [], () => uint64(major)),
    new GoFunction("Minor", [], () => uint64(minor)),
    new GoFunction("Patch", [], () => uint64(patch)),
    new GoFunction("Prerelease", [], () => version.prerelease),
    new GoFunction("Metadata", [], () => version.metadata),
    new GoFunction("IncMajor", [], () =>
      changed(version, { ...RELEASE, major: next(major), minor: 0n, patch: 0n }),
    ),
    new GoFunction("IncMinor", [], () =>
      changed(version, { ...RELEASE, minor: next(minor), patch: 0n }),
    ),
    // the patch of a prerelease is the release itself
    new GoFunction("IncPatch", [], () =>
      changed(version, { ...RELEASE, patch: version.prerelease === "" ? next(patch) : patch }),
    ),
    new GoFunction("SetPrerelease", ["string"], (_: CallContext, prerelease: string) => {
      if (prerelease !== "") checkPrerelease(prerelease);
      return changed(version, { prerelease });
    }),
    new GoFunction("SetMetadata", ["string"], (_: CallContext, metadata: string) => {
      if (metadata !== "") checkMetadata(metadata);
      return changed(version, { metadata });
    }),
  ];
}

function pointerMethods(version: Version): GoFunction[] {
  const ordered = (name: string, test: (order: number) => Value) =>
    new GoFunction(name, ["*semver.Version"], (_: CallContext, other: Value) =>
      test(compareVersions(version, versionOf(other))),
    );
  return [
    new GoFunction("Original", [], () => version.original),
    ordered("Compare", (order) => BigInt(order)),
    ordered("LessThan", (order) => order < 0),
    ordered("LessThanEqual", (order) => order <= 0),
    ordered("GreaterThan", (order) => order > 0),
    ordered("GreaterThanEqual", (order) => order >= 0),
    new GoFunction(
      "Equal",
      ["*semver.Version"],
      (_: CallContext, other: Value) =>
        other !== null && compareVersions(version, versionOf(other)) === 0,
    ),
  ];
}

const ZERO = { major: 0n, minor: 0n, patch: 0n, prerelease: "", metadata: "", original: "" };
const RELEASE = { prerelease: "", metadata: "" };

function changed(version: Version, change: Partial<Version>): VersionStruct {
  const numbers = { ...version, ...change };
  const prefix = version.original.startsWith("v") ? "v" : "";
  return new VersionStruct({ ...numbers, original: prefix + formatVersion(numbers) }, false);
}

function next(segment: bigint): bigint {
  if (segment === MAX_UINT64) throw new FunctionError("version increment would overflow uint64");
  return segment + 1n;
}

function versionOf(value: Value): Version {
  if (value instanceof VersionStruct) return value.version;
  throw new FunctionError("runtime error: invalid memory address or nil pointer dereference");
}

function uint64(value: bigint): Int {
  return new Int("uint64", value);
}
