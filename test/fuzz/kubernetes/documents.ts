/** Manifests of Kubernetes' kinds, made by their types and then damaged, as flow YAML. */
import type { Kind } from "../../../src/core/render/k8s/kinds.js";
import { type ModelType, structFields } from "../../../src/core/render/k8s/model.js";
import type { Random } from "../random.js";
import { anyYaml, scalarYaml, textYaml } from "./scalars.js";

/** A scalar as its text in YAML, a list, or a map by the texts of its keys. */
type Node = string | Node[] | Map<string, Node>;

const MAX_DEPTH = 9;

/** A document of `kind`, whose struct is given. */
export function documentYaml(random: Random, { apiVersion, kind }: Kind, struct: string): string {
  const root = structNode(random, struct, 0);
  root.set("apiVersion", JSON.stringify(apiVersion));
  root.set("kind", JSON.stringify(kind));
  if (random.chance(60)) for (const _ of random.times(1, 2, () => 0)) damage(random, root);
  return flow(root);
}

/** The outputs of a volume resource. */
export function volumeYaml(random: Random): string {
  const root: Map<string, Node> = new Map();
  const [key, struct] = random.chance(60)
    ? ["source", "core.v1.VolumeSource"]
    : ["claimSpec", "core.v1.PersistentVolumeClaimSpec"];
  root.set(key, structNode(random, struct, 3));
  if (random.chance(40)) damage(random, root);
  return flow(root);
}

function structNode(random: Random, struct: string, depth: number): Map<string, Node> {
  const node = new Map<string, Node>();
  const fields = [...structFields(struct)];
  // Deep structs hold less, so that documents end.
  const percent = depth > MAX_DEPTH ? 0 : Math.max(8, Math.min(70, 300 / (fields.length + depth)));
  for (const [name, { type }] of fields) {
    if (random.chance(depth < 2 ? Math.max(percent, 60) : percent)) {
      node.set(name, typeNode(random, type, depth));
    }
  }
  return node;
}

function typeNode(random: Random, type: ModelType, depth: number): Node {
  if (random.chance(2)) return "null";
  switch (type.form) {
    case "pointer":
      return typeNode(random, type.of, depth);
    case "list":
      return random.times(0, 2, () => typeNode(random, type.of, depth + 1));
    case "map":
      return new Map(
        random.times(0, 2, () => [keyYaml(random), typeNode(random, type.of, depth + 1)]),
      );
    case "struct":
      return structNode(random, type.name, depth + 1);
    case "orBool":
      return random.chance(30) ? "false" : schemaNode(random, type.struct, depth);
    case "orList":
      return random.chance(40)
        ? random.times(0, 2, () => schemaNode(random, type.struct, depth))
        : schemaNode(random, type.struct, depth);
    case "orTexts":
      return random.chance(40)
        ? random.times(0, 2, () => textYaml(random))
        : schemaNode(random, type.struct, depth);
    default:
      return scalarYaml(random, type);
  }
}

function schemaNode(random: Random, struct: string, depth: number): Node {
  if (random.chance(10)) return anyYaml(random);
  const node = structNode(random, struct, depth + 1);
  if (random.chance(20)) node.set("unknown", anyYaml(random));
  return node;
}

function keyYaml(random: Random): string {
  if (random.chance(85)) return `k${random.int(0, 9)}`;
  if (random.chance(70)) return textYaml(random);
  return random.pick([
    "1",
    "-1",
    "true",
    "1.5",
    "0x10",
    "2024-01-02",
    "1e6",
    "1e21",
    "null",
    "!!binary gIGC",
  ]);
}

/** One change somewhere, after which the document may still be right. */
function damage(random: Random, root: Map<string, Node>): void {
  const places = placesOf(root);
  const { parent, key } = random.pick(places);
  const node = Array.isArray(parent) ? parent[Number(key)] : parent.get(key);
  const set = (value: Node) =>
    Array.isArray(parent) ? parent.splice(Number(key), 1, value) : parent.set(key, value);
  random.weighted<unknown>([
    [6, () => set(anyYaml(random))],
    [4, () => set(textYaml(random))],
    [3, () => set([node ?? "null"])],
    [2, () => set("null")],
    [3, () => typeof node === "string" && set(JSON.stringify(node))],
    [3, () => set(new Map([["a", node ?? "null"]]))],
    [6, () => !Array.isArray(parent) && rename(random, parent, key)],
    [4, () => !Array.isArray(parent) && parent.set(keyYaml(random), anyYaml(random))],
    [
      4,
      () =>
        node instanceof Map && node.set(random.pick(["unknown", "Name", "a.b"]), anyYaml(random)),
    ],
  ]);
}

function rename(random: Random, parent: Map<string, Node>, key: string): void {
  const value = parent.get(key) ?? "null";
  if (random.chance(70)) parent.delete(key);
  const name = random.pick([
    key.toUpperCase(),
    key.charAt(0).toUpperCase() + key.slice(1),
    key.toLowerCase(),
    `${key}s`,
    key.replace(/k/i, "\u212a").replace(/s/i, "\u017f"),
    key.slice(0, -1) || "x",
  ]);
  parent.set(/^[A-Za-z$][\w-]*$/.test(name) ? name : JSON.stringify(name), value);
}

interface PlaceOf {
  readonly parent: Node[] | Map<string, Node>;
  readonly key: string;
}

function placesOf(node: Node): PlaceOf[] {
  if (typeof node === "string") return [];
  const members: [string, Node][] = Array.isArray(node)
    ? node.map((item, i) => [String(i), item])
    : [...node];
  return members.flatMap(([key, member]) => [{ parent: node, key }, ...placesOf(member)]);
}

function flow(node: Node): string {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return `[${node.map(flow).join(", ")}]`;
  return `{${[...node].map(([key, member]) => `${key}: ${flow(member)}`).join(", ")}}`;
}
