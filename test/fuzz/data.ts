/** Data for templates, written as YAML or JSON, with what its fields are. */
import type { Named } from "./expressions.js";
import type { FuzzCase } from "./mutate.js";
import type { Random } from "./random.js";
import type { Kind } from "./signatures.js";
import { instant } from "./texts/date.js";
import { anyText } from "./texts.js";

/** Data without its template, and the fields of the template's dot. */
export type Given = Omit<FuzzCase, "template"> & { readonly names: readonly Named[] };

const KEYS = ["a", "b", "c", "name", "list", "dict", "x_y", "Foo", "é", "when", "port", "nested"];

export function makeData(random: Random): Given {
  return random.weighted<Given>([
    [6, () => document(random, "yaml")],
    [3, () => document(random, "json")],
    [3, () => scoreData(random)],
  ]);
}

function document(random: Random, decoder: "yaml" | "json"): Given {
  const { text, names } = mapping(random, decoder, 2, "");
  if (decoder === "yaml" && random.chance(10)) return withAliases(random, text, names);
  return { data: text, decoder, names };
}

/** What an alias names is a map of its own in Go, and so is what a merge key brings. */
function withAliases(random: Random, text: string, names: readonly Named[]): Given {
  const base = mapping(random, "yaml", 1, ".base");
  const own = random.pick(["a: 1", "name: x", "list: [1]", ""]);
  const merged = `{<<: ${random.pick(["*b", "[*b, *b]", "*b"])}, ${own}}`;
  const lines = [`base: &b ${base.text}`, "copy: *b", `merged: ${merged}`, `rest: ${text}`];
  const dicts = ["base", "copy", "merged", "rest"].map((key) => `.${key}`);
  return {
    data: lines.join("\n"),
    decoder: "yaml",
    names: [
      ...dicts.map((each): Named => ({ text: each, kind: "dict" })),
      ...base.names,
      ...names.map((each) => ({ ...each, text: `.rest${each.text}` })),
    ],
  };
}

function scoreData(random: Random): Given {
  const platform = random.pick(["compose", "k8s"] as const);
  const names: Named[] = [];
  const lines: string[] = [];
  const put = (key: string, kind: Kind, text: string, inside: readonly Named[] = []) => {
    lines.push(`${JSON.stringify(key)}: ${text}`);
    names.push({ text: `.${key}`, kind }, ...inside);
  };
  for (const key of ["Uid", "Type", "Class", "Id", "SourceWorkload"]) {
    put(
      key,
      "text",
      yamlText(random.pick(["postgres", "default", "db.default#x", "my-app", anyText(random)])),
    );
  }
  for (const key of ["Params", "Metadata", "Init", "State", "Shared"]) {
    if (random.chance(20)) {
      names.push({ text: `.${key}`, kind: "dict" });
      continue;
    }
    const { text, names: inside } = mapping(random, "yaml", 1, `.${key}`);
    put(key, "dict", text, inside);
  }
  if (random.chance(60)) {
    const port = `{Name: web, Port: ${random.int(1, 65_535)}, TargetPort: 8080, Protocol: TCP}`;
    const service = `{ServiceName: ${random.pick(["app", '""'])}, Ports: ${random.pick(["{}", `{web: ${port}}`])}}`;
    put("WorkloadServices", "any", random.pick(["{}", `{app: ${service}}`]), [
      { text: ".WorkloadServices.app", kind: "any" },
      { text: ".WorkloadServices.app.Ports", kind: "any" },
      { text: ".WorkloadServices.app.Ports.web", kind: "any" },
      { text: ".WorkloadServices.app.Ports.web.Protocol", kind: "any" },
    ]);
  }
  return { data: lines.join("\n"), decoder: "score", platform, names };
}

interface Made {
  readonly text: string;
  readonly kind: Kind;
  readonly names: readonly Named[];
}

function mapping(random: Random, decoder: "yaml" | "json", depth: number, path: string): Made {
  const keys = new Set(random.times(0, 5, () => random.pick(KEYS)));
  const entries: string[] = [];
  const names: Named[] = [];
  for (const key of keys) {
    const made = value(random, decoder, depth, `${path}.${key}`);
    entries.push(`${JSON.stringify(key)}: ${made.text}`);
    names.push({ text: `${path}.${key}`, kind: made.kind }, ...made.names);
  }
  if (random.chance(30)) names.push({ text: `${path}.${random.pick(KEYS)}`, kind: "any" });
  // a key that is no text makes another type of map
  if (decoder === "yaml" && path !== "" && random.chance(5)) {
    entries.push(random.pick(["1: one", "true: yes", "1.5: x", "null: y"]));
  }
  return { text: `{${entries.join(", ")}}`, kind: "dict", names };
}

function value(random: Random, decoder: "yaml" | "json", depth: number, path: string): Made {
  const scalar = (kind: Kind, text: string): Made => ({ text, kind, names: [] });
  const yaml = decoder === "yaml";
  return random.weighted<Made>([
    [5, () => scalar("text", yaml ? yamlText(anyText(random)) : JSON.stringify(anyText(random)))],
    [4, () => scalar(yaml ? "int" : "float", String(random.int(-5, 100)))],
    [2, () => scalar("float", random.pick(["1.5", "-0.25", "1e21", "0.1", "100000.5"]))],
    [2, () => scalar("bool", random.pick(["true", "false"]))],
    [1, () => scalar("any", "null")],
    [yaml ? 1 : 0, () => scalar("int", random.pick(["0x1F", "017", "9223372036854775807", "-1"]))],
    [
      yaml ? 1 : 0,
      () =>
        scalar(
          "any",
          random.pick([
            "9223372036854775808",
            "18446744073709551616",
            ".inf",
            "-.inf",
            ".nan",
            "~",
          ]),
        ),
    ],
    [
      yaml ? 1 : 0,
      () =>
        scalar(
          "time",
          random.chance(50)
            ? timestamp(random)
            : random.pick([
                "2024-02-29",
                "2024-2-9",
                "2001-12-14t21:59:43.10-05:00",
                "2001-12-14 21:59:43",
                "2001-12-14 21:59:43Z",
              ]),
        ),
    ],
    [depth > 0 ? 3 : 0, () => list(random, decoder, depth - 1)],
    [depth > 0 ? 3 : 0, () => mapping(random, decoder, depth - 1, path)],
  ]);
}

function list(random: Random, decoder: "yaml" | "json", depth: number): Made {
  const items = random.chance(40)
    ? random.times(0, 4, () => JSON.stringify(random.pick(["a", "b", "c", "a b", ""])))
    : random.times(0, 4, () => value(random, decoder, depth, "").text);
  return { text: `[${items.join(", ")}]`, kind: "list", names: [] };
}

/** A timestamp in one of the forms that YAML knows. */
function timestamp(random: Random): string {
  const text = instant(random);
  return random.pick([text, text.slice(0, 10), text.slice(0, 19).replace("T", " ")]);
}

/** A double-quoted scalar; YAML 1.1 reads the same escapes as JSON here. */
function yamlText(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029\u007f-\u009f\ufeff\ufffe\uffff]/g, " ");
}
