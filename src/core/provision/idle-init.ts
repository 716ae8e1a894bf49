/**
 * Whether what the `init` template of a provisioner puts out changes nothing. Provisioners make a
 * password in `init` at every run, and their `state` template takes it where there is none yet:
 * `dig "password" .Init.password .State`. Once the state has one, the new one is thrown away, and
 * the render is the same whatever it was. Told from the templates alone: every other form in which
 * they could come by it counts as a use.
 */
import type { CommandNode, ListNode, Node, OperandNode } from "../gotemplate/ast.js";
import { TemplateError } from "../gotemplate/error.js";
import { parseTrees } from "../gotemplate/template.js";
import type { Data, DataMap, FunctionMap } from "../gotemplate/value.js";
import type { Provisioner, TemplateKey } from "../recipe/provisioner.js";

/** What a template looks up in the state before it takes something of `init`. */
type StatePath = readonly string[];

/** Functions that change a map which they are given: what is in the state may not be there later. */
const CHANGING = new Set([
  "merge",
  "mergeOverwrite",
  "mustMerge",
  "mustMergeOverwrite",
  "set",
  "unset",
]);

const known = new WeakMap<Provisioner, readonly StatePath[] | "used">();

/** Whether no template of `provisioner` can see what `init` puts out while the resource's state is `state`. */
export function isInitIdle(
  provisioner: Provisioner,
  state: DataMap,
  functions: FunctionMap,
): boolean {
  const paths = known.get(provisioner) ?? usesOfInit(provisioner, functions);
  known.set(provisioner, paths);
  return paths !== "used" && paths.every((path) => isIn(state, path));
}

function isIn(state: DataMap, path: StatePath): boolean {
  let current: Data = state;
  for (const key of path) {
    if (!(current instanceof Map) || !current.has(key)) return false;
    current = current.get(key) ?? null;
  }
  return true;
}

/** Signals a use that cannot be followed. */
class InitUsed extends Error {}

function usesOfInit(
  provisioner: Provisioner,
  functions: FunctionMap,
): readonly StatePath[] | "used" {
  const paths: StatePath[] = [];
  try {
    for (const [key, text] of provisioner.templates) {
      for (const [name, list] of parseTrees("", text.trim(), functions)) {
        new Reader(key, name === "", paths).list(list, name === "");
      }
    }
    return paths;
  } catch (error) {
    // A template that cannot be parsed fails when it runs.
    if (error instanceof InitUsed || error instanceof TemplateError) return "used";
    throw error;
  }
}

/** Reads the body of one template; `dotIsData` is whether the dot may be what the template was given. */
class Reader {
  readonly #key: TemplateKey;
  /** Whether `$` is what the template was given: in a defined one it is what the call gave. */
  readonly #isRoot: boolean;
  readonly #paths: StatePath[];

  constructor(key: TemplateKey, isRoot: boolean, paths: StatePath[]) {
    this.#key = key;
    this.#isRoot = isRoot;
    this.#paths = paths;
  }

  list(list: ListNode, dotIsData: boolean): void {
    for (const node of list) this.#node(node, dotIsData);
  }

  #node(node: Node, dotIsData: boolean): void {
    switch (node.type) {
      case "action":
        this.#node(node.pipe, dotIsData);
        return;
      case "template":
        if (node.pipe !== undefined) this.#node(node.pipe, dotIsData);
        return;
      case "if":
      case "with":
      case "range":
        this.#node(node.pipe, dotIsData);
        this.list(node.list, dotIsData && node.type === "if");
        this.list(node.elseList ?? [], dotIsData);
        return;
      case "pipe":
        for (const [i, command] of node.commands.entries()) this.#command(command, i, dotIsData);
        return;
      case "command":
        this.#command(node, 1, dotIsData);
        return;
      case "chain":
        this.#fields(node.fields);
        this.#node(node.node, dotIsData);
        return;
      case "field":
        this.#fields(node.fields);
        return;
      case "variable":
        if (node.name === "$" && node.fields.length === 0 && this.#isRoot) throw new InitUsed();
        this.#fields(node.fields);
        return;
      case "dot":
        if (dotIsData) throw new InitUsed();
        return;
      case "identifier":
        // Of other templates the state is made already, and what they change is copied.
        if (CHANGING.has(node.name) && (this.#key === "init" || this.#key === "state")) {
          throw new InitUsed();
        }
    }
  }

  #fields([first]: readonly string[]): void {
    if (first === "Init") throw new InitUsed();
  }

  #command(command: CommandNode, place: number, dotIsData: boolean): void {
    const path = place === 0 ? this.#lookup(command.args, dotIsData) : undefined;
    if (path !== undefined) this.#paths.push(path);
    else for (const arg of command.args) this.#node(arg, dotIsData);
  }

  /** The keys of `dig KEY… .Init.NAME .State`. */
  #lookup(args: readonly OperandNode[], dotIsData: boolean): StatePath | undefined {
    const [dig, ...rest] = args;
    const keys = rest.slice(0, -2).flatMap((key) => (key.type === "string" ? [key.value] : []));
    const given = rest.at(-2);
    const state = rest.at(-1);
    if (this.#key !== "state" || dig?.type !== "identifier" || dig.name !== "dig") return undefined;
    if (keys.length === 0 || keys.length !== rest.length - 2) return undefined;
    if (this.#dataPath(given, dotIsData)?.[0] !== "Init") return undefined;
    if (this.#dataPath(given, dotIsData)?.length !== 2) return undefined;
    return this.#dataPath(state, dotIsData)?.join() === "State" ? keys : undefined;
  }

  /** The fields of what the template was given that `node` stands for. */
  #dataPath(node: OperandNode | undefined, dotIsData: boolean): readonly string[] | undefined {
    if (node?.type === "field") return dotIsData ? node.fields : undefined;
    if (node?.type !== "variable" || node.name !== "$" || !this.#isRoot) return undefined;
    return node.fields;
  }
}
