/** One operand of package fmt: chooses by the value's kind how the verb shows it, element by element. */
import { fromBytes, toBytes } from "./bytes.js";
import { TemplateError } from "./error.js";
import {
  bytesOf,
  isList,
  isMap,
  isNil,
  kindOf,
  type ListValue,
  listItems,
  type MapValue,
  typeName,
} from "./kind.js";
import { sortedEntries } from "./map-order.js";
import { Time } from "./time.js";
import { goTimeString, timeString, timeWords } from "./time-format.js";
import { locationFields } from "./time-location.js";
import {
  type CallContext,
  Complex,
  GoFunction,
  Int,
  NamedInt,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "./value.js";
import {
  type Directive,
  formatChar,
  formatFloatVerb,
  formatHexBytes,
  formatInteger,
  formatQuoted,
  formatQuotedChar,
  formatText,
  formatUnicode,
  padTo,
  plainDirective,
} from "./verb.js";

/** Deeper values are refused: they would use up the host's stack. */
const MAX_DEPTH = 1000;
/** Where Go prints an address, which differs with every run, this one stands. */
const ADDRESS = 0xc000010000n;

/** The directive in force and the budgets that printing is charged to. */
export class Printer {
  directive: Directive = plainDirective();
  /** Set while the operand of a bad verb is shown, when methods are not used. */
  erroring = false;
  private readonly context: CallContext | undefined;

  constructor(context: CallContext | undefined) {
    this.context = context;
  }

  /** Charges one printed element and the room that width and precision ask for. */
  begin(): void {
    this.context?.charge(1);
    const { width = 0, precision = 0 } = this.directive;
    this.context?.allocate(8 + width + precision);
  }

  /** Charges a text that is about to be joined to others. */
  charged(text: string): string {
    this.context?.allocate(text.length);
    return text;
  }
}

/** One operand under `verb`. */
export function printArgument(printer: Printer, arg: Value, verb: string): string {
  const { directive } = printer;
  if (arg === null) {
    printer.begin();
    const known = verb === "v" || verb === "T";
    return known ? padTo(directive, "<nil>") : badVerb(printer, null, verb);
  }
  if (verb === "T") {
    printer.begin();
    return formatText(directive, typeName(arg));
  }
  if (verb === "p") {
    printer.begin();
    return printPointer(printer, arg, verb);
  }
  if (verb === "w" && !(arg instanceof TypedList && arg.type === "[]uint8")) {
    printer.begin();
    return badVerb(printer, arg, verb);
  }
  if (arg instanceof TypedList && arg.type === "[]uint8" && directive.sharpV && verb === "v") {
    return printByteSyntax(printer, arg);
  }
  return printValue(printer, arg, verb, 0);
}

function printValue(printer: Printer, value: Value, verb: string, depth: number): string {
  printer.begin();
  if (depth > MAX_DEPTH) {
    throw new TemplateError(
      "template_budget_depth",
      `budget exceeded: the value nests deeper than ${MAX_DEPTH}`,
    );
  }
  const { directive } = printer;
  switch (typeof value) {
    case "string":
      return printText(printer, value, value, verb);
    case "bigint":
      return printInteger(printer, value, value, verb);
    case "number":
      return floatUnder(directive, value, verb) ?? badVerb(printer, value, verb);
    case "boolean":
      return verb === "t" || verb === "v"
        ? padTo(directive, String(value))
        : badVerb(printer, value, verb);
  }
  if (value === null) {
    return directive.sharpV ? "interface {}(nil)" : "<nil>";
  }
  if (value instanceof Int) {
    const shown = value instanceof NamedInt ? ownText(printer, value, verb) : undefined;
    return shown ?? printInteger(printer, value, value.value, verb);
  }
  if (value instanceof NamedString) {
    return printText(printer, value, value.value, verb);
  }
  if (value instanceof Complex) {
    return printComplex(printer, value, verb);
  }
  if (isList(value)) {
    return printList(printer, value, verb, depth);
  }
  if (isMap(value)) {
    return printMap(printer, value, verb, depth);
  }
  if (value instanceof GoFunction) {
    return printPointer(printer, value, verb);
  }
  const text = ownText(printer, value, verb);
  if (text !== undefined) {
    return printer.charged(text);
  }
  if (value instanceof Time) {
    return printTimeWords(printer, value, verb, depth);
  }
  if (value.pointer && depth > 0) {
    return printPointer(printer, value, verb);
  }
  const shown = printFields(printer, value, verb, depth);
  return value.pointer ? `&${shown}` : shown;
}

/** What the value's own String, Error or GoString method says, where fmt asks for it. */
function ownText(
  printer: Printer,
  value: Time | Struct | NamedInt,
  verb: string,
): string | undefined {
  const { directive } = printer;
  if (printer.erroring) {
    return undefined;
  }
  if (directive.sharpV) {
    return value instanceof Time ? formatText(directive, goTimeString(value)) : undefined;
  }
  if (!"vsxXq".includes(verb)) {
    return undefined;
  }
  const text = value instanceof Time ? timeString(value) : stringMethod(value.methods);
  return text === undefined ? undefined : textUnder(directive, text, verb);
}

function stringMethod(methods: ReadonlyMap<string, GoFunction>): string | undefined {
  const method = methods.get("Error") ?? methods.get("String");
  if (method === undefined || method.params.length > 0) {
    return undefined;
  }
  const text = method.call(NO_CONTEXT);
  return typeof text === "string" ? text : undefined;
}

/** String methods are pure: nothing of the outside is needed to call them. */
const NO_CONTEXT: CallContext = {
  charge() {},
  allocate() {},
  secret() {},
  host: {
    randomBytes: (size) => new Uint8Array(size),
    now: () => 0n,
    env: () => undefined,
    lookupHost: () => undefined,
  },
};

function printText(printer: Printer, value: Value, text: string, verb: string): string {
  const shown = textUnder(printer.directive, text, verb);
  return shown === undefined ? badVerb(printer, value, verb) : printer.charged(shown);
}

function textUnder(directive: Directive, text: string, verb: string): string | undefined {
  switch (verb) {
    case "v":
      return directive.sharpV ? formatQuoted(directive, text) : formatText(directive, text);
    case "s":
      return formatText(directive, text);
    case "q":
      return formatQuoted(directive, text);
    case "x":
    case "X":
      return formatHexBytes(directive, toBytes(text), verb === "X");
    default:
      return undefined;
  }
}

function printInteger(printer: Printer, value: Value, number: bigint, verb: string): string {
  const { directive } = printer;
  const unsigned = value instanceof Int && value.kind.startsWith("uint");
  if (verb === "v" && directive.sharpV && unsigned) {
    return formatInteger({ ...directive, sharp: true }, number, { base: 16 });
  }
  return integerUnder(directive, number, verb) ?? badVerb(printer, value, verb);
}

function integerUnder(directive: Directive, number: bigint, verb: string): string | undefined {
  switch (verb) {
    case "v":
    case "d":
      return formatInteger(directive, number, { base: 10 });
    case "b":
      return formatInteger(directive, number, { base: 2 });
    case "o":
    case "O":
      return formatInteger(directive, number, { base: 8, octalPrefix: verb === "O" });
    case "x":
    case "X":
      return formatInteger(directive, number, { base: 16, upper: verb === "X" });
    case "c":
      return formatChar(directive, number);
    case "q":
      return formatQuotedChar(directive, number);
    case "U":
      return formatUnicode(directive, number);
    default:
      return undefined;
  }
}

function floatUnder(directive: Directive, number: number, verb: string): string | undefined {
  switch (verb) {
    case "v":
      return formatFloatVerb(directive, number, "g", -1);
    case "b":
    case "g":
    case "G":
    case "x":
    case "X":
      return formatFloatVerb(directive, number, verb, -1);
    case "e":
    case "E":
    case "f":
      return formatFloatVerb(directive, number, verb, 6);
    case "F":
      return formatFloatVerb(directive, number, "f", 6);
    default:
      return undefined;
  }
}

function printComplex(printer: Printer, value: Complex, verb: string): string {
  const { directive } = printer;
  const re = floatUnder(directive, value.re, verb);
  const im = floatUnder({ ...directive, plus: true }, value.im, verb);
  return re === undefined || im === undefined ? badVerb(printer, value, verb) : `(${re}${im}i)`;
}

/** `%#v` of a []byte operand, which Go names by its alias. */
function printByteSyntax(printer: Printer, list: TypedList): string {
  printer.begin();
  if (list.items === null) {
    return "[]byte(nil)";
  }
  const directive = { ...printer.directive, sharp: true };
  const items = Array.from(bytesOf(list), (byte) => {
    printer.begin();
    return formatInteger(directive, BigInt(byte), { base: 16 });
  });
  return printer.charged(`[]byte{${items.join(", ")}}`);
}

function printList(printer: Printer, list: ListValue, verb: string, depth: number): string {
  const { directive } = printer;
  const type = typeName(list);
  if (type === "[]uint8" && list instanceof TypedList && "sqxX".includes(verb)) {
    return printer.charged(textUnder(directive, fromBytes(bytesOf(list)), verb) ?? "");
  }
  if (directive.sharpV && list instanceof TypedList && list.items === null) {
    return `${type}(nil)`;
  }
  const items = listItems(list).map((item) => printValue(printer, item, verb, depth + 1));
  return printer.charged(
    directive.sharpV ? `${type}{${items.join(", ")}}` : `[${items.join(" ")}]`,
  );
}

function printMap(printer: Printer, map: MapValue, verb: string, depth: number): string {
  const { directive } = printer;
  if (directive.sharpV && map instanceof TypedMap && map.entries === null) {
    return `${map.type}(nil)`;
  }
  const entries = sortedEntries(map).map(([key, value]) => {
    const shownKey = printValue(printer, key, verb, depth + 1);
    return `${shownKey}:${printValue(printer, value, verb, depth + 1)}`;
  });
  return printer.charged(
    directive.sharpV ? `${typeName(map)}{${entries.join(", ")}}` : `map[${entries.join(" ")}]`,
  );
}

function printFields(printer: Printer, struct: Struct, verb: string, depth: number): string {
  const { type, fields } = struct;
  const shown = Array.from(fields, ([name, value]): [string, string] => [
    name,
    name === "cacheZone" && value === null
      ? addressText(printer, "*time.zone", 0n, verb)
      : printValue(printer, value, verb, depth + 1),
  ]);
  return joinFields(printer, type, shown);
}

function joinFields(printer: Printer, type: string, fields: readonly [string, string][]): string {
  const { sharpV, plusV } = printer.directive;
  const shown = fields.map(([name, text]) => (plusV || sharpV ? `${name}:${text}` : text));
  return printer.charged(sharpV ? `${type}{${shown.join(", ")}}` : `{${shown.join(" ")}}`);
}

/** A time under a verb such as `%d`, which shows the fields of Go's struct. */
function printTimeWords(printer: Printer, time: Time, verb: string, depth: number): string {
  const { wall, ext } = timeWords(time);
  return joinFields(printer, "time.Time", [
    ["wall", printValue(printer, wall, verb, depth + 1)],
    ["ext", printValue(printer, ext, verb, depth + 1)],
    ["loc", locationText(printer, time, verb)],
  ]);
}

/** The field of the location: nil for UTC; its fields under a verb that pointers do not have. */
function locationText(printer: Printer, time: Time, verb: string): string {
  const { zone, fixed } = time;
  const type = "*time.Location";
  if (!fixed && zone === "UTC") return addressText(printer, type, 0n, verb);
  if ("vpbodxX".includes(verb)) return addressText(printer, type, ADDRESS, verb);
  const location = new Struct("time.Location", locationFields(time));
  const shown = unmethodical(printer, () => printFields(printer, location, "v", 1));
  return `%!${verb}(${type}=&${shown})`;
}

function printPointer(printer: Printer, value: Value, verb: string): string {
  const kind = kindOf(value);
  if (kind !== "func" && kind !== "map" && kind !== "slice" && kind !== "ptr") {
    return badVerb(printer, value, verb);
  }
  if (value instanceof Struct && !"vpbodxX".includes(verb)) {
    // A verb that pointers do not have shows what they point to.
    const shown = unmethodical(printer, () => printFields(printer, value, "v", 1));
    return `%!${verb}(${typeName(value)}=&${shown})`;
  }
  return addressText(printer, typeName(value), isNil(value) ? 0n : ADDRESS, verb);
}

/** A pointer of a type; 0 is nil. */
function addressText(printer: Printer, type: string, address: bigint, verb: string): string {
  const { directive } = printer;
  if (verb === "v" && directive.sharpV) {
    return `(${type})(${address === 0n ? "nil" : `0x${address.toString(16)}`})`;
  }
  if (verb === "v" && address === 0n) {
    return padTo(directive, "<nil>");
  }
  switch (verb) {
    case "v":
    case "p":
      return formatInteger({ ...directive, sharp: !directive.sharp }, address, { base: 16 });
    case "b":
    case "o":
    case "d":
    case "x":
    case "X":
      return integerUnder(directive, address, verb) ?? "";
    default: {
      const shown = address === 0n ? padTo(directive, "<nil>") : `0x${address.toString(16)}`;
      return `%!${verb}(${type}=${shown})`;
    }
  }
}

/** `%!verb(type=value)`. */
function badVerb(printer: Printer, value: Value, verb: string): string {
  if (value === null) {
    return `%!${verb}(<nil>)`;
  }
  const shown = unmethodical(printer, () => printArgument(printer, value, "v"));
  return printer.charged(`%!${verb}(${typeName(value)}=${shown})`);
}

/** What `show` gives while methods are not used. */
function unmethodical(printer: Printer, show: () => string): string {
  const outer = printer.erroring;
  printer.erroring = true;
  const shown = show();
  printer.erroring = outer;
  return shown;
}
