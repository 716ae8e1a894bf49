/** Expressions of the template language, most of them of the kind that their place wants. */
import { memberOf } from "./chains.js";
import { anyNumber, anyString } from "./constants.js";
import type { Random } from "./random.js";
import {
  FUNCTION_NAMES,
  type Kind,
  SIGNATURES,
  type Signature,
  signaturesOf,
} from "./signatures.js";
import { instant } from "./texts/date.js";
import { anyText, literalOf, textOf } from "./texts.js";

/** Something that an expression can name: a variable or a field, as it is written. */
export interface Named {
  readonly text: string;
  readonly kind: Kind;
}

const VALUE_KINDS = [
  "bool",
  "int",
  "int64",
  "float",
  "text",
  "list",
  "texts",
  "dict",
  "time",
  "text",
  "int",
  "dict",
  "list",
] as const satisfies readonly Kind[];

/** An operand: parenthesised where it is a call. */
export function operand(
  random: Random,
  kind: Kind,
  names: readonly Named[],
  depth: number,
): string {
  const wanted = random.chance(2) ? random.pick(VALUE_KINDS) : kind;
  const known = names.filter((each) => fits(each.kind, wanted));
  return random.weighted([
    [known.length > 0 ? 5 : 0, () => random.pick(known).text],
    [depth > 0 ? 5 : 0, () => `(${pipeline(random, wanted, names, depth - 1)})`],
    [depth > 0 ? 4 : 6, () => constant(random, wanted, names, depth)],
  ]);
}

/** A call or operand, perhaps piped on. */
export function pipeline(
  random: Random,
  kind: Kind,
  names: readonly Named[],
  depth: number,
): string {
  if (depth > 0 && random.chance(6)) return chain(random, names, depth);
  if (depth > 0 && random.chance(3)) return printed(random, names, depth);
  const options = choices(kind);
  if (options.length === 0 || random.chance(12)) return operand(random, kind, names, depth - 1);
  const signature = random.pick(options);
  const args = argumentsOf(random, signature, names, depth);
  const last = args.pop();
  if (last !== undefined && random.chance(35)) {
    return `${unparenthesised(last)} | ${[signature.name, ...args].join(" ")}`;
  }
  if (last !== undefined) args.push(last);
  if (random.chance(1)) args.push(operand(random, "any", names, 0));
  if (random.chance(1)) args.pop();
  return [signature.name, ...args].join(" ");
}

/** A field or method of a value, with arguments or without, perhaps deeper and piped into. */
function chain(random: Random, names: readonly Named[], depth: number): string {
  const kind = random.pick(["time", "semver", "any", "dict", "time", "semver"] as const);
  const receiver = operand(random, kind, names, depth - 1);
  const { name, params, result } = memberOf(random, kind);
  const held = receiver === "." ? "" : /^[.$(]/.test(receiver) ? receiver : `(${receiver})`;
  const deeper = random.chance(8) ? `.${memberOf(random, result).name}` : "";
  const args = params.map((param) => operand(random, param, names, depth - 1));
  if (random.chance(5)) args.push(operand(random, "any", names, 0));
  if (random.chance(5)) args.pop();
  const last = random.chance(25) ? args.pop() : undefined;
  const piped = last === undefined ? "" : `${unparenthesised(last)} | `;
  return piped + [`${held}.${name}${deeper}`, ...args].join(" ");
}

/** `printf` with arguments made for it, also of the kinds that only few functions give. */
function printed(random: Random, names: readonly Named[], depth: number): string {
  const kinds = [...VALUE_KINDS, "uint64", "complex", "semver", "splits", "ints", "any"] as const;
  const args = random.times(0, 3, () =>
    random.chance(25)
      ? random.pick(["0", "1", "3", "-5", "9", "12"])
      : operand(random, random.pick(kinds), names, depth - 1),
  );
  return ["printf", literalOf(random, textOf(random, "format")), ...args].join(" ");
}

function choices(kind: Kind): readonly Signature[] {
  if (kind === "any") return SIGNATURES;
  const exact = signaturesOf(kind);
  if (exact.length > 0) return exact;
  return kind === "uint64" || kind === "complex" || kind === "size" ? [] : signaturesOf("text");
}

function argumentsOf(
  random: Random,
  { name, params, variadic }: Signature,
  names: readonly Named[],
  depth: number,
): string[] {
  const kinds = [...params];
  const repeated = variadic ? kinds.pop() : undefined;
  if (repeated !== undefined)
    kinds.push(...random.times(name === "list" ? 0 : 1, 3, () => repeated));
  return kinds.map((kind) => operand(random, kind, names, depth));
}

function fits(given: Kind, wanted: Kind): boolean {
  if (wanted === "any" || given === wanted) return true;
  if (wanted === "list") return given === "texts" || given === "ints";
  return given === "text" && choices(wanted) === signaturesOf("text");
}

/** `(x)` without its parentheses where the whole is one pair. */
function unparenthesised(text: string): string {
  return text.startsWith("(") && text.endsWith(")") && !text.slice(1, -1).includes(")")
    ? text.slice(1, -1)
    : text;
}

function constant(random: Random, kind: Kind, names: readonly Named[], depth: number): string {
  const inner = (wanted: Kind) => operand(random, wanted, names, depth - 1);
  const several = (from: number, to: number, wanted: Kind) =>
    random.times(from, to, () => ` ${inner(wanted)}`).join("");
  switch (kind) {
    case "any":
      if (random.chance(3)) return random.chance(60) ? anyNumber(random) : anyString(random);
      return random.chance(3)
        ? random.pick(["nil", "."])
        : constant(random, random.pick(VALUE_KINDS), names, depth);
    case "bool":
      return random.pick(["true", "false"]);
    case "int":
      return random.chance(85)
        ? integer(random)
        : random.pick(["1.0", "'a'", "0x1p2", "1e2", "'\\n'", "07"]);
    case "size":
      return random.weighted([
        [12, () => String(random.int(0, 6))],
        [3, () => random.pick(["-1", "10", "20", "-3", "1.0", "0x8", "80"])],
        [1, () => `(int ${inner("any")})`],
      ]);
    case "int64":
      return `(int64 ${integer(random)})`;
    case "uint64":
      return `(semver "1.2.3").Minor`;
    case "float":
      return float(random);
    case "complex":
      return random.pick(["1i", "2+3i", "0.5i"]);
    case "text":
      return literalOf(random, anyText(random));
    case "list":
      return depth > 0 ? `(list${several(0, 4, "any")})` : "(list 1 2)";
    case "texts":
      return depth > 0 ? `(splitList "," ${inner("text")})` : `(splitList "," "b,a,c")`;
    case "ints":
      return `(until ${random.int(0, 5)})`;
    case "dict":
      return depth > 0 ? dict(random, inner) : random.pick(["dict", `(dict "a" 1 "b" "two")`]);
    case "splits":
      return `(split "," "x,y")`;
    case "time":
      return `(toDate "2006-01-02T15:04:05Z07:00" ${literalOf(random, instant(random))})`;
    case "semver":
      return `(semver ${literalOf(random, textOf(random, "version"))})`;
    default:
      return literalOf(random, textOf(random, kind));
  }
}

function dict(random: Random, inner: (kind: Kind) => string): string {
  const entries = random.times(0, 3, () => ` ${inner("key")} ${inner("any")}`).join("");
  return `(dict${entries})`;
}

function integer(random: Random): string {
  return random.weighted([
    [8, () => String(random.int(-3, 12))],
    [2, () => String(random.int(-100_000, 100_000))],
    [
      1,
      () =>
        random.pick([
          "9223372036854775807",
          "-9223372036854775808",
          "0x7F",
          "0b101",
          "0o17",
          "1_000",
          "017",
          "4294967296",
          "9223372036854775808",
        ]),
    ],
  ]);
}

function float(random: Random): string {
  return random.weighted([
    [3, () => `${random.int(-20, 20)}.${random.int(0, 9)}`],
    [2, () => `${random.int(-20, 20)}.${random.int(0, 999_999)}`],
    [
      2,
      () =>
        random.pick([
          "0.1",
          "1e3",
          "1e21",
          "1e-7",
          "2.5",
          "-0.5",
          "0x1p-2",
          "1e308",
          "123456789.0",
          "1.0",
          "0.0",
          "-0.0",
          "1e20",
          "100000.0",
          "21000000.0",
        ]),
    ],
    [1, () => `${random.int(1, 9)}e${random.int(-30, 30)}`],
  ]);
}

/** The name of any function, sensible here or not. */
export function anyFunction(random: Random): string {
  return random.pick(FUNCTION_NAMES);
}
