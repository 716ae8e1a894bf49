/** Calls of the functions and methods of dates: a text is read in the layout that wrote it. */
import type { Random } from "./random.js";
import { instant, layout, zone } from "./texts/date.js";
import { duration } from "./texts/duration.js";
import { literalOf, textOf } from "./texts.js";

const RFC3339 = '"2006-01-02T15:04:05.999999999Z07:00"';

/** A template that makes two times and shows what can be asked of them. */
export function dateCalls(random: Random): string {
  const lines = random.times(1, 4, () => random.weighted(MAKERS)(random));
  return `{{ $t := ${time(random)} }}{{ $u := ${time(random)} }}${lines.join("\n")}`;
}

type Maker = (random: Random) => string;

const MAKERS: readonly (readonly [number, () => Maker])[] = [
  [4, () => writtenAndRead],
  [3, () => shown],
  [4, () => asked],
  [3, () => changed],
  [2, () => durations],
];

function time(random: Random): string {
  return random.weighted([
    [6, () => `(toDate ${RFC3339} ${literalOf(random, instant(random))})`],
    [2, () => `(toDate "2006-01-02" "${instant(random).slice(0, 10)}")`],
    [2, () => `((toDate ${RFC3339} "${instant(random)}").AddDate ${steps(random)})`],
    [1, () => `(toDate ${literalOf(random, textOf(random, "layout"))} "${instant(random)}")`],
    [1, () => '(toDate "" "x")'],
  ]);
}

function steps(random: Random): string {
  const number = () =>
    random.chance(80) ? random.int(-40, 40) : random.pick([-3000, 400, 1000, 100_000, -10_000]);
  return `${number()} ${number()} ${number()}`;
}

function writtenAndRead(random: Random): string {
  const form = literalOf(random, layout(random));
  const place = literalOf(random, zone(random));
  return `{{ $s := dateInZone ${form} $t ${place} }}{{ $s }}|{{ toDate ${form} $s }}`;
}

function shown(random: Random): string {
  const form = literalOf(random, layout(random));
  const place = literalOf(random, zone(random));
  const date = random.weighted([
    [4, () => "$t"],
    [2, () => String(random.int(-2_000_000_000, 4_100_000_000))],
    [1, () => `(int64 ${random.int(-9, 9)}${random.int(0, 999_999_999)}${random.int(0, 9999)})`],
  ]);
  return random.pick([
    `{{ date ${form} ${date} }}`,
    `{{ date_in_zone ${form} ${date} ${place} }}`,
    `{{ htmlDate ${date} }}`,
    `{{ htmlDateInZone ${date} ${place} }}`,
    `{{ $t.Format ${form} }}`,
    "{{ unixEpoch $t }}",
    '{{ $t | printf "%v %#v" }}',
    "{{ $t | toJson }} {{ $t | quote }}",
  ]);
}

function asked(random: Random): string {
  const method = random.pick(
    "Year Month Day Hour Minute Second Nanosecond Weekday YearDay Unix UnixMilli UnixMicro UnixNano IsZero IsDST Location UTC Local String GoString MarshalText MarshalJSON MarshalBinary Clock".split(
      " ",
    ),
  );
  return random.weighted([
    [4, () => `{{ $t.${method} }}`],
    [2, () => `{{ $t.${method} | printf "%v %d %T %q" }}`],
    [1, () => `{{ $t.${method} | toJson }} {{ add $t.${method} 1 }}`],
    [2, () => `{{ $t.${random.pick(["After", "Before", "Equal", "Compare", "Sub"])} $u }}`],
    [1, () => "{{ deepEqual $t $u }} {{ eq $t $u }} {{ deepEqual $t ($t.Add 0) }}"],
    [1, () => "{{ dict $t 1 | toJson }}{{ list $t $u | uniq | len }}"],
  ]);
}

function changed(random: Random): string {
  const unit = random.pick([
    "1",
    "1000000000",
    "3600000000000",
    "86400000000000",
    "-5",
    "7",
    "0",
    "604800000000000",
  ]);
  const by = literalOf(random, duration(random));
  return random.pick([
    `{{ $t.AddDate ${steps(random)} }}`,
    `{{ $t.Add ${unit} }}`,
    `{{ $t.Round ${unit} }} {{ $t.Truncate ${unit} }}`,
    `{{ dateModify ${by} $t }}`,
    `{{ mustDateModify ${by} $t }}`,
    "{{ $u.In $t.Location }}",
    `{{ ($t.Sub $u).Round ${unit} }} {{ ($t.Sub $u).Truncate ${unit} }}`,
  ]);
}

function durations(random: Random): string {
  const text = literalOf(random, duration(random));
  const method = random.pick(
    "Hours Minutes Seconds Milliseconds Microseconds Nanoseconds String Abs".split(" "),
  );
  return random.pick([
    `{{ durationRound ${text} }}`,
    `{{ durationRound (int64 ${random.int(-9, 9)}${random.int(0, 999_999_999)}${random.int(0, 9999)}) }}`,
    `{{ duration ${literalOf(random, textOf(random, "numeral"))} }}`,
    `{{ duration (int64 ${random.int(-100_000, 100_000)}) }}`,
    `{{ ($t.Sub $u).${method} }}`,
    '{{ $t.Sub $u | printf "%v %d %T %x" }} {{ $t.Sub $u | toJson }}',
    `{{ dateModify ${text} $t | unixEpoch }}`,
  ]);
}
