/**
 * Go's values as the template engine sees them. Kinds matter in Go (`eq 1 1.0` is an error), so
 * every Go kind has its own JavaScript shape:
 *
 * | Go                          | here                                              |
 * |-----------------------------|---------------------------------------------------|
 * | nil interface               | `null`                                            |
 * | invalid value (missing key) | `undefined`, only between evaluation steps        |
 * | bool                        | `boolean`                                         |
 * | string                      | `string`, bytes that are not UTF-8 escaped (below)|
 * | int                         | `bigint`                                          |
 * | float64                     | `number`                                          |
 * | other integers              | `Int` with its kind, `NamedInt` with type, methods|
 * | complex128                  | `Complex`                                         |
 * | time.Time                   | `Time` (time.ts)                                  |
 * | []interface{}               | JavaScript array                                  |
 * | []string, []int, nil lists  | `TypedList`                                       |
 * | map[string]interface{}      | JavaScript `Map` with string keys                 |
 * | named types of such maps    | `NamedMap`                                        |
 * | other maps, nil maps        | `TypedMap`                                        |
 * | structs                     | `Struct`                                          |
 *
 * Go strings are bytes. A byte that is not part of valid UTF-8 is the lone surrogate
 * U+DC00 + byte (0x80..0xFF), as in PEP 383; `bytes.ts` converts both ways. Valid text is
 * therefore an ordinary JavaScript string.
 */
import type { Time } from "./time.js";

export type IntKind =
  // only of a NamedInt: a plain int is a bigint
  "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64";

/** An integer of another kind than Go's `int`. */
export class Int {
  readonly kind: IntKind;
  readonly value: bigint;
  constructor(kind: IntKind, value: bigint) {
    this.kind = kind;
    this.value = value;
  }
}

/**
 * An integer of a named type (time.Duration, time.Month): it prints by its `String` method and is
 * otherwise an integer of its kind.
 */
export class NamedInt extends Int {
  readonly type: string;
  private readonly methodsOf: (value: bigint) => ReadonlyMap<string, GoFunction>;
  constructor(
    type: string,
    kind: IntKind,
    value: bigint,
    methodsOf: (value: bigint) => ReadonlyMap<string, GoFunction>,
  ) {
    super(kind, value);
    this.type = type;
    this.methodsOf = methodsOf;
  }

  get methods(): ReadonlyMap<string, GoFunction> {
    return this.methodsOf(this.value);
  }

  /** Another number of the same type. */
  with(value: bigint): NamedInt {
    return new NamedInt(this.type, this.kind, value, this.methodsOf);
  }
}

export class Complex {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}

/** A list whose Go type is not `[]interface{}`, or a nil list of any type (`items` is null). */
export class TypedList {
  /** Go's name of the type, e.g. `[]string`, `[]int`, `[]uint8`, `[]interface {}`. */
  readonly type: string;
  readonly items: Value[] | null;
  constructor(type: string, items: Value[] | null) {
    this.type = type;
    this.items = items;
  }
}

/** A map whose Go type is not `map[string]interface{}`, or a nil map of any type (`entries` is null). */
export class TypedMap {
  /** Go's name of the type, e.g. `map[string]string`, `map[interface {}]interface {}`. */
  readonly type: string;
  readonly entries: Map<Value, Value> | null;
  /** What a missing key gives in `index`; null when the element type is an interface. */
  readonly zero: Value;
  constructor(type: string, entries: Map<Value, Value> | null, zero: Value = null) {
    this.type = type;
    this.entries = entries;
    this.zero = zero;
  }
}

/** A map of a named type whose content is that of `map[string]interface{}`, and which goes wherever that does. */
export class NamedMap<T = Value> extends Map<string, T> {
  /** Go's name of the type, e.g. `types.ResourceParams`. */
  readonly type: string;
  constructor(type: string, entries: Iterable<readonly [string, T]>) {
    super(entries);
    this.type = type;
  }
}

/**
 * A struct (or a pointer to one): fields in declaration order, methods by name. As in Go a method
 * `String` prints it (fmt.Stringer) and a method `MarshalText` encodes it in JSON.
 */
export class Struct {
  /** Go's name of the type, e.g. `templateprov.Data`. */
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
  readonly pointer: boolean;
  readonly methods: ReadonlyMap<string, GoFunction>;
  /** Names in JSON of the fields that have a `json` tag. */
  readonly jsonNames: ReadonlyMap<string, string>;
  /** The zero value, of a struct whose fields are not exported: a deep copy of it copies none. */
  readonly zero: (() => Struct) | undefined;
  constructor(
    type: string,
    fields: ReadonlyMap<string, Value>,
    options: {
      pointer?: boolean;
      methods?: ReadonlyMap<string, GoFunction>;
      jsonNames?: ReadonlyMap<string, string>;
      zero?: () => Struct;
    } = {},
  ) {
    this.type = type;
    this.fields = fields;
    this.pointer = options.pointer ?? false;
    this.methods = options.methods ?? NO_METHODS;
    this.jsonNames = options.jsonNames ?? NO_NAMES;
    this.zero = options.zero;
  }
}

const NO_METHODS: ReadonlyMap<string, GoFunction> = new Map();
const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** A value of a named string type (`type Protocol string`): prints as text, is not assignable to `string`. */
export class NamedString {
  readonly type: string;
  readonly value: string;
  constructor(type: string, value: string) {
    this.type = type;
    this.value = value;
  }
}

export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | Int
  | Complex
  | Time
  | TypedList
  | TypedMap
  | Struct
  | NamedString
  | GoFunction
  | Value[]
  | Map<string, Value>;

/** What YAML and JSON documents decode to. Maps with keys that are not all text are `TypedMap`s. */
export type Data =
  | null
  | boolean
  | string
  | bigint
  | number
  | Int
  | Time
  | TypedMap
  | Data[]
  | DataMap;
export type DataMap = Map<string, Data>;

/** The Go types that function parameters are declared with. */
export type ParamType =
  | "any"
  | "string"
  | "bool"
  | "int"
  | "int32"
  | "int64"
  | "uint32"
  | "float64"
  | "[]any"
  | "[]string"
  | "map[string]any"
  | "time.Time"
  | "time.Duration"
  | "*time.Location"
  | "*semver.Version"
  | "sprig.certificate"
  | "error"
  | "reflect.Value";

/** What a function may use of the outside; everything else is pure. */
export interface CallContext {
  /** Charges work to the budgets; throws `TemplateError` with a `template_budget_*` code. */
  charge(steps: number): void;
  /** Charges bytes that are about to be allocated, before they are. */
  allocate(bytes: number): void;
  readonly host: Host;
  /** Marks text as made by a random or key function: it must not leave by logs, errors or usage. */
  secret(text: string): void;
}

/** The outside, passed in by the caller: random bytes, clock, environment, names. */
export interface Host {
  /** Asked for none where random bytes come from elsewhere. */
  randomBytes(size: number): Uint8Array;
  /** Unix time in nanoseconds. */
  now(): bigint;
  env(name: string): string | undefined;
  /** First address of `name`; undefined if it does not resolve. */
  lookupHost(name: string): string | undefined;
}

/**
 * A Go function as templates call it. Arguments are checked and converted to `params` by Go's
 * reflection rules before `call` sees them: `int`, `int64`, `int32`, `uint32` and `time.Duration`
 * arrive as bigint, `float64` as number, a struct type as `Struct` (a nil pointer as `null`), `any`
 * as is with nil as `null`, nil maps and lists as `TypedMap`/`TypedList` with null content. With `variadic` the last entry of `params` repeats.
 */
export class GoFunction {
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
  readonly call: (context: CallContext, ...args: never[]) => Value;
  /** Why templates cannot call it, however many arguments it has. */
  readonly fault: string | undefined;
  constructor(
    name: string,
    params: readonly ParamType[],
    call: (context: CallContext, ...args: never[]) => Value,
    options: { variadic?: boolean; fault?: string } = {},
  ) {
    this.name = name;
    this.params = params;
    this.call = call;
    this.variadic = options.variadic ?? false;
    this.fault = options.fault;
  }
}

export type FunctionMap = ReadonlyMap<string, GoFunction>;
