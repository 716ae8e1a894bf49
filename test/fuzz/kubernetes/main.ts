/**
 * Compares our model of Kubernetes' types with Kubernetes' own Go code on documents made by a seeded
 * generator: whether they are accepted, where the faults are, and what is written back.
 *
 *     npm run fuzz:kubernetes -- [--cases N] [--seed N] [--out FILE]
 *
 * --cases  how many documents (default 6000): four of seven for all kinds, the others for score-k8s's,
 *          the outputs of volume resources, and quantities
 * --seed   makes the same documents; without it the clock chooses, and the closing line tells
 * --out    appends what Go says, one case a line as in test/vectors/k8s/model
 *
 * Exits 0 without a difference, 1 with one; where Go is not installed it says so and exits 0.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { CodecError } from "../../../src/core/codec/error.js";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import { formatYaml } from "../../../src/core/codec/yaml-format.js";
import type { Data } from "../../../src/core/gotemplate/value.js";
import { allKinds, builtInKind, kindStruct } from "../../../src/core/render/k8s/kinds.js";
import { buildKubernetesOracle } from "../../oracle/build.js";
import { Random } from "../random.js";
import { documentYaml, volumeYaml } from "./documents.js";
import { quantityText } from "./scalars.js";
import { type GoAnswer, type Reading, verdictOf } from "./verdict.js";

const BATCH = 2000;
const MAX_SHOWN = 10;

interface Case {
  readonly as: Reading;
  readonly document: Data;
  /** The document as YAML, or a quantity; where all kinds are checked, as a render writes it. */
  readonly text: string;
}

function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: { cases: { type: "string" }, seed: { type: "string" }, out: { type: "string" } },
  });
  const oracle = buildKubernetesOracle();
  if (oracle === undefined) {
    console.log("fuzz:kubernetes: skipped, Go is not installed");
    return 0;
  }
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const random = new Random(seed);
  const tally = new Map<string, number>();
  for (let left = Number(values.cases ?? 6000); left > 0; left -= BATCH) {
    const cases = random.times(BATCH, BATCH, () => makeCase(random)).slice(0, left);
    const answers = ask(oracle, cases);
    if (values.out !== undefined) appendFileSync(values.out, recorded(cases, answers));
    for (const [i, answer] of answers.entries()) tell(cases[i], answer, tally);
  }
  const counts = [...tally].map(([what, count]) => `${what} ${count}`).sort();
  console.log(`fuzz:kubernetes: seed ${seed}: ${counts.join(", ")}`);
  return tally.has("different") ? 1 : 0;
}

const KINDS = allKinds();
/** Options of requests and the like, which every version has. */
const OF_ALL_VERSIONS = "meta.v1.";

function makeCase(random: Random): Case {
  const as = random.weighted<Reading>([
    [4, () => "all"],
    [1, () => "peer"],
    [1, () => "volume"],
    [1, () => "quantity"],
  ]);
  if (as === "quantity") {
    const text = quantityText(random);
    return { as, document: text, text };
  }
  // What our reader refuses is made anew: its own tests compare it with yaml.v3.
  for (;;) {
    const made = readable(as === "volume" ? volumeYaml(random) : kindYaml(random, as));
    if (made === undefined) continue;
    const document = as === "all" && random.chance(50) ? withFloats(made) : made;
    return { as, document, text: formatYaml(document, { likeGo: as === "all" }) };
  }
}

function kindYaml(random: Random, as: Reading): string {
  for (;;) {
    const kind = random.pick(KINDS);
    const found = builtInKind(kind.apiVersion, kind.kind);
    if (found.is !== "struct") throw new Error(`no struct for ${kind.kind} of ${kind.apiVersion}`);
    if (found.struct.startsWith(OF_ALL_VERSIONS) && random.chance(90)) continue;
    if (as === "peer" && kindStruct(kind.apiVersion, kind.kind) === undefined && random.chance(95))
      continue;
    return documentYaml(random, kind, found.struct);
  }
}

function readable(text: string): Data | undefined {
  try {
    return parseYaml(text).value;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** As a patch template leaves a document. */
function withFloats(data: Data): Data {
  if (typeof data === "bigint") return Number(data);
  if (Array.isArray(data)) return data.map(withFloats);
  if (!(data instanceof Map)) return data;
  return new Map([...data].map(([key, member]) => [key, withFloats(member)]));
}

function ask(oracle: string, cases: readonly Case[]): GoAnswer[] {
  const input = cases.map(({ as, text }) => `${JSON.stringify({ as, text })}\n`).join("");
  const output = execFileSync(oracle, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as GoAnswer);
}

function tell(one: Case | undefined, go: GoAnswer, tally: Map<string, number>): void {
  if (one === undefined) throw new Error("the oracle answered what was not asked");
  const written = one.as === "quantity" ? one.document : (readable(one.text) ?? null);
  const verdict = verdictOf(one.as, one.document, written, go);
  const count = (tally.get(verdict.is) ?? 0) + 1;
  tally.set(verdict.is, count);
  if (verdict.is === "different" && count <= MAX_SHOWN) {
    console.log(JSON.stringify({ ...verdict, go, as: one.as, text: one.text }, undefined, 1));
  }
}

function recorded(cases: readonly Case[], answers: readonly GoAnswer[]): string {
  return answers
    .map((go, i) => `${JSON.stringify({ ...cases[i], document: undefined, ...go })}\n`)
    .join("");
}

process.exitCode = main(process.argv.slice(2));
