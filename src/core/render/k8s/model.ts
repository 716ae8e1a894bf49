/**
 * The structs of the Kubernetes API, read from the generated tables: model-table.ts has those that
 * score-k8s knows, model-table-more.ts the others. A struct's line is `name field:type field:type …`.
 * After a field's name, `?` is Go's `omitempty` and `~` its `omitzero`. Types:
 *
 * | notation         | Go                                     |
 * |------------------|----------------------------------------|
 * | `s` `b`          | string, bool                           |
 * | `i32` `i64` `u8` | int32, int64, uint8                    |
 * | `f64`            | float64                                |
 * | `B`              | []byte, base64 in JSON                 |
 * | `T` `M`          | metav1.Time, metav1.MicroTime          |
 * | `Q`              | resource.Quantity                      |
 * | `I`              | intstr.IntOrString                     |
 * | `R`              | any JSON: RawExtension, FieldsV1, JSON |
 * | `*x` `[]x` `{}x` | pointer, list, map with string keys    |
 * | `b!x`            | JSONSchemaPropsOrBool, x the struct    |
 * | `l!x`            | JSONSchemaPropsOrArray                 |
 * | `t!x`            | JSONSchemaPropsOrStringArray           |
 * | anything else    | a struct, e.g. `core.v1.ServicePort`   |
 */
import { STRUCTS } from "./model-table.js";
import { MORE_STRUCTS } from "./model-table-more.js";

export type ModelType =
  | { readonly form: "string" | "bool" | "bytes" | "time" | "microTime" }
  | { readonly form: "quantity" | "intOrString" | "raw" | "float" }
  | { readonly form: "integer"; readonly min: bigint; readonly max: bigint }
  | { readonly form: "pointer" | "list" | "map"; readonly of: ModelType }
  | { readonly form: "orBool" | "orList" | "orTexts"; readonly struct: string }
  | { readonly form: "struct"; readonly name: string };

export interface ModelField {
  readonly type: ModelType;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
}

export type ModelFields = ReadonlyMap<string, ModelField>;

/** The JSON fields of a struct of the table. */
export function structFields(name: string): ModelFields {
  const known = parsedStructs.get(name);
  if (known !== undefined) return known;
  const line = structLines().get(name) ?? moreStructLines().get(name);
  if (line === undefined) throw new RangeError(`no struct ${name} in the Kubernetes model`);
  const fields = new Map(line === "" ? [] : line.split(" ").map(parseField));
  parsedStructs.set(name, fields);
  return fields;
}

const parsedStructs = new Map<string, ModelFields>();
const structLines = lazyLines(STRUCTS);
const moreStructLines = lazyLines(MORE_STRUCTS);

function lazyLines(table: string): () => ReadonlyMap<string, string> {
  let lines: ReadonlyMap<string, string> | undefined;
  return () => {
    lines ??= new Map(table.trim().split("\n").map(splitAtSpace));
    return lines;
  };
}

function splitAtSpace(line: string): [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

function parseField(text: string): [string, ModelField] {
  const colon = text.indexOf(":");
  const [name = "", flags = ""] = text.slice(0, colon).split(/(?=[?~])(.*)/);
  return [
    name,
    {
      type: parseType(text.slice(colon + 1)),
      omitEmpty: flags.includes("?"),
      omitZero: flags.includes("~"),
    },
  ];
}

const SCALARS: ReadonlyMap<string, ModelType> = new Map<string, ModelType>([
  ["s", { form: "string" }],
  ["b", { form: "bool" }],
  ["i32", { form: "integer", min: -(2n ** 31n), max: 2n ** 31n - 1n }],
  ["i64", { form: "integer", min: -(2n ** 63n), max: 2n ** 63n - 1n }],
  ["u8", { form: "integer", min: 0n, max: 255n }],
  ["B", { form: "bytes" }],
  ["T", { form: "time" }],
  ["M", { form: "microTime" }],
  ["Q", { form: "quantity" }],
  ["I", { form: "intOrString" }],
  ["R", { form: "raw" }],
  ["f64", { form: "float" }],
]);

const WRAPPERS = [
  ["*", "pointer"],
  ["[]", "list"],
  ["{}", "map"],
] as const;

/** These are JSON Schemas or something else instead. */
const CHOICES = [
  ["b!", "orBool"],
  ["l!", "orList"],
  ["t!", "orTexts"],
] as const;

function parseType(text: string): ModelType {
  for (const [mark, form] of WRAPPERS) {
    if (text.startsWith(mark)) return { form, of: parseType(text.slice(mark.length)) };
  }
  for (const [mark, form] of CHOICES) {
    if (text.startsWith(mark)) return { form, struct: text.slice(mark.length) };
  }
  return SCALARS.get(text) ?? { form: "struct", name: text };
}
