/** Which step of a render the processor time of a service went to, from V8's sampling profiles of its threads. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const IDLE = "idle";

export interface Share {
  readonly step: string;
  /** Part of all time that is not idle. */
  readonly share: number;
  readonly totalMs: number;
}

/** A frame is `FILE#FUNCTION`. A sample belongs to the step of its outermost frame that one of these names … */
const STEPS: readonly (readonly [step: string, frame: RegExp])[] = [
  ["parse: Score files", /core\/score\/load\.js#loadWorkloads$/],
  ["parse: state", /core\/score\/state\.js#parseState$/],
  ["parse: provisioners", /core\/recipe\/provisioners-file\.js#parseProvisionersFile$/],
  [
    "provision",
    /core\/(score\/prime\.js#primeResources|provision\/remembered\.js#provisionRemembered)$/,
  ],
  ["convert", /core\/render\/(compose|k8s)\/render\.js#build(Document|Manifests)$/],
  ["patch", /core\/render\/patch\.js#(applyPatches|compilePatches)$/],
  ["YAML: document", /core\/codec\/yaml-format\.js#formatYaml(Documents)?$/],
  ["YAML: state", /core\/score\/state\.js#formatState$/],
  ["JSON: document and outputs", /core\/gotemplate\/json\.js#formatJson$/],
  ["store: state and its encryption", /flows\/project\.js#|core\/trust\/sealed-state\.js#/],
  ["store: queries", /\/store\/|node_modules\/(pg|pg-[a-z]+|drizzle-orm|postgres-[a-z]+)\//],
];

/** … or else of its innermost frame that one of these names. */
const SURROUNDINGS: typeof STEPS = [
  ["other steps of the pipeline", /\/core\//],
  [
    "between threads",
    /node_modules\/piscina\/|flows\/renderer\/|node:internal\/(worker|per_context\/messageport)/,
  ],
  [
    "HTTP",
    /\/http\/|node_modules\/|node:(_http|http|net|zlib|internal\/(streams|http|stream_base))/,
  ],
  ["flow", /\/flows\//],
];

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Of the system's monotonic clock, in microseconds. */
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** A time of the system's monotonic clock, which the profiles of other processes tell too. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * The shares of all profiles in `folder` between two times of `nowMicros`, the greatest first, steps
 * that never ran with 0; time without work is left out.
 */
export async function readShares(folder: string, from: number, to: number): Promise<Share[]> {
  const micros = new Map<string, number>(STEPS.map(([step]) => [step, 0]));
  for (const name of await readdir(folder)) {
    const profile = JSON.parse(await readFile(path.join(folder, name), "utf8")) as CpuProfile;
    const steps = stepsOf(profile);
    let time = profile.startTime;
    for (const [i, node] of profile.samples.entries()) {
      time += profile.timeDeltas[i] ?? 0;
      if (time < from || time > to) continue;
      const step = steps.get(node) ?? "other";
      micros.set(step, (micros.get(step) ?? 0) + (profile.timeDeltas[i] ?? 0));
    }
  }
  micros.delete(IDLE);
  const total = [...micros.values()].reduce((sum, each) => sum + each, 0);
  return [...micros]
    .map(([step, each]) => ({ step, share: each / total, totalMs: each / 1000 }))
    .sort((a, b) => b.share - a.share);
}

/** The step of each node, by its id. */
function stepsOf({ nodes }: CpuProfile): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const steps = new Map<number, string>();
  const open: { id: number; step?: string; around?: string }[] = [];
  if (nodes[0] !== undefined) open.push({ id: nodes[0].id });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = byId.get(next.id);
    if (node === undefined) continue;
    const step = next.step ?? find(STEPS, node);
    const around = find(SURROUNDINGS, node) ?? next.around;
    steps.set(node.id, special(node) ?? step ?? around ?? "other");
    for (const id of node.children ?? []) {
      open.push({
        id,
        ...(step === undefined ? {} : { step }),
        ...(around === undefined ? {} : { around }),
      });
    }
  }
  return steps;
}

function find(steps: typeof STEPS, { callFrame }: ProfileNode): string | undefined {
  const { url, functionName } = callFrame;
  return steps.find(([, frame]) => frame.test(`${url}#${functionName}`))?.[0];
}

/** V8's own names. */
function special({ callFrame: { functionName } }: ProfileNode): string | undefined {
  // piscina's threads wait for work inside a call.
  if (functionName === "(idle)" || functionName === "atomicsWaitLoop") return IDLE;
  if (functionName === "(garbage collector)") return "garbage collection";
  return functionName === "(program)" ? "native code outside of calls" : undefined;
}
