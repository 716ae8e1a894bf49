/** Fields and methods of values: what may stand behind a dot. */
import type { Random } from "./random.js";
import type { Kind } from "./signatures.js";

/** A name behind a dot, the kinds of its arguments, and what it gives. */
export interface Member {
  readonly name: string;
  readonly params: readonly Kind[];
  readonly result: Kind;
}

const TIME = readMembers(`
Year -> int
Month -> any
Day -> int
Weekday -> any
YearDay -> int
Hour -> int
Nanosecond -> int
Unix -> int64
UnixMilli -> int64
Format layout -> text
String -> text
GoString -> text
UTC -> time
Local -> time
Location -> any
AddDate size size size -> time
Add size -> time
Sub time -> any
Equal time -> bool
Before time -> bool
After time -> bool
Compare time -> int
Truncate size -> time
IsZero -> bool
IsDST -> bool
Zone -> any
Date -> any
ISOWeek -> any
wall -> any
loc -> any
`);

const VERSION = readMembers(`
Major -> uint64
Minor -> uint64
Patch -> uint64
Prerelease -> text
Metadata -> text
Original -> text
String -> text
IncMajor -> any
IncMinor -> any
IncPatch -> any
SetPrerelease text -> any
SetMetadata text -> any
Compare semver -> int
LessThan semver -> bool
GreaterThan semver -> bool
Equal semver -> bool
major -> any
original -> any
`);

const OTHER = readMembers(`
a -> any
b -> any
c -> any
name -> any
Foo -> any
é -> any
x_y -> any
ServiceName -> text
Ports -> any
Name -> text
Port -> int
Protocol -> any
String -> text
Hours -> float
Seconds -> float
Type -> text
Params -> dict
Metadata -> dict
Metadata any -> dict
Uid any -> text
a any -> any
`);

/** A member that values of a kind have; sometimes one that they have not. */
export function memberOf(random: Random, kind: Kind): Member {
  const own = kind === "time" ? TIME : kind === "semver" ? VERSION : OTHER;
  return random.pick(random.chance(92) ? own : random.pick([TIME, VERSION, OTHER]));
}

function readMembers(table: string): readonly Member[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [left = "", result = ""] = line.split(" -> ");
      const [name = "", ...params] = left.split(" ");
      return { name, params: params as Kind[], result: result as Kind };
    });
}
