import { describe, expect, test } from "vitest";
import {
  type ExampleJob,
  type ExampleOutcome,
  renderExample,
} from "../../../src/core/render/example.js";
import type { WorkloadInput } from "../../../src/core/score/load.js";
import type { Renderer, RenderJob, RenderOutcome } from "../../../src/flows/renderer/job.js";
import { rememberRenders } from "../../../src/flows/renderer/memo.js";
import work from "../../../src/flows/renderer/worker.js";

const BYTES = 1024 * 1024;

const SCORE = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers:
  main:
    image: .
    variables: {HOST: "\${resources.db.host}"}
    files: {/etc/a: {source: a.txt}, /etc/b: {binaryContent: "AAEC"}}
resources: {db: {type: db}}
`;

const DB = `- uri: template://acme/db
  type: db
  init: |
    p: {{ randAlphaNum 12 | quote }}
  state: |
    p: {{ dig "p" .Init.p .State | quote }}
  outputs: |
    host: "{{ .State.p }}-{{ env "ZONE" }}"
  files: |
    a/b.conf: "{{ .State.p }}"
`;

const job: RenderJob = {
  target: "compose",
  workloads: [
    {
      path: "score.yaml",
      text: SCORE,
      image: "i:1",
      sourceFiles: new Map([["a.txt", Uint8Array.of(97)]]),
    },
  ],
  served: { key: "sha256:1/compose", provisioners: DB, origins: [], patchTemplates: [] },
  patchTemplates: [],
  stateText: undefined,
  composeProject: "shop",
  namespace: undefined,
  generateNamespace: false,
  strict: false,
  imagesByDigest: false,
  publish: [],
  environment: new Map([["ZONE", "z1"]]),
  knownSecrets: [],
  rememberedSourceFiles: new Map(),
  form: "json",
  limits: { templateSteps: 1_000_000 },
};

/** Renders in this thread, and counts. */
class CountingRenderer implements Renderer {
  renders = 0;
  async render(given: RenderJob): Promise<RenderOutcome> {
    this.renders++;
    const reply = work(structuredClone(given));
    if ("outcome" in reply) return structuredClone(reply.outcome);
    throw new Error("fault" in reply ? reply.fault.code : reply.unknownKey);
  }
  async renderExample(given: ExampleJob): Promise<ExampleOutcome> {
    this.renders++;
    return renderExample(structuredClone(given));
  }
  async close(): Promise<void> {}
}

function remembering(bytes = BYTES) {
  const counting = new CountingRenderer();
  return { counting, renderer: rememberRenders(counting, { bytes }) };
}

/** The job after a first render, which has made all that is kept. */
async function settled(change: Partial<RenderJob> = {}): Promise<RenderJob> {
  const given = { ...job, ...change };
  const { stateText } = await new CountingRenderer().render(given);
  return { ...given, stateText };
}

describe("rememberRenders", () => {
  test("renders an equal job once", async () => {
    const { counting, renderer } = remembering();
    const given = await settled();
    const first = await renderer.render(given);
    const equal = {
      ...given,
      workloads: given.workloads.map((each) => ({ ...each })),
      environment: new Map(given.environment),
    };
    expect(await renderer.render(equal)).toEqual(first);
    expect(counting.renders).toBe(1);
    expect(first).toEqual(await new CountingRenderer().render(given));
  });

  test("renders an equal job once, however it is held in memory", async () => {
    const { counting, renderer } = remembering();
    const given = await settled();
    await renderer.render(given);
    const holey = new Array<WorkloadInput>(1);
    for (const [i, each] of given.workloads.entries()) holey[i] = each;
    await renderer.render({ ...given, workloads: holey });
    // A part of a text with wide characters, and joined texts.
    const wide = `\u2026${given.stateText}`.slice(1);
    await renderer.render({ ...given, stateText: wide });
    expect(counting.renders).toBe(1);
  });

  const [workload] = job.workloads;
  const changes: { readonly [field in keyof Required<RenderJob>]: RenderJob[field] } = {
    target: "k8s",
    workloads: [{ ...workload, path: "score.yaml", text: SCORE, image: "i:2" }],
    served: {
      ...job.served,
      key: "sha256:2/compose",
      provisioners: DB.replace("template://acme/db", "template://acme/db2"),
    },
    patchTemplates: [{ name: "p", text: "[{op: set, path: services.app-main.tty, value: true}]" }],
    stateText: undefined,
    composeProject: "other",
    namespace: "there",
    generateNamespace: true,
    strict: true,
    imagesByDigest: true,
    publish: ["8080:app-main:80"],
    environment: new Map([["ZONE", "z2"]]),
    knownSecrets: ["z1"],
    rememberedSourceFiles: new Map([["old", new Map([["a.txt", Uint8Array.of(98)]])]]),
    form: "yaml",
    limits: { templateSteps: 10 },
  };

  test.each(Object.keys(changes) as (keyof RenderJob)[])(
    "renders anew where %s differs",
    async (field) => {
      const { counting, renderer } = remembering();
      const given = await settled();
      const changed = { ...given, [field]: changes[field] };
      const plain = new CountingRenderer();
      for (const each of [given, changed, given, changed]) {
        const outcome = await outcomeOf(renderer, each);
        // What is made at random differs each time.
        if (each.stateText !== undefined) expect(outcome).toEqual(await outcomeOf(plain, each));
      }
      expect(counting.renders).toBeGreaterThanOrEqual(2);
    },
  );

  test.each([
    ["an override", { overrideProperties: ["containers.main.image=i:3"] }],
    ["an overrides file", { overridesFile: { path: "o", text: "metadata: {a: b}" } }],
    ["a build", { builds: new Map([["main", "./context"]]) }],
    ["a byte of a source file", { sourceFiles: new Map([["a.txt", Uint8Array.of(98)]]) }],
  ])("renders anew with %s", async (_, change) => {
    const { counting, renderer } = remembering();
    const given = await settled();
    const changed = {
      ...given,
      workloads: [{ path: "score.yaml", text: SCORE, ...workload, ...change }],
    };
    const first = await renderer.render(given);
    expect(await renderer.render(changed)).not.toEqual(first);
    expect(counting.renders).toBe(2);
  });

  test("hands out outcomes that their users may change", async () => {
    const { counting, renderer } = remembering();
    const given = await settled();
    const expected = structuredClone(await renderer.render(given));
    for (let i = 0; i < 3; i++) {
      const outcome = await renderer.render(given);
      expect(outcome).toEqual(expected);
      for (const { content } of outcome.files) content.fill(0);
      for (const files of outcome.sourceFiles.values()) {
        for (const content of files.values()) content.fill(0);
      }
      Object.assign(outcome, { documents: "", resources: [] });
    }
    expect(counting.renders).toBe(1);
  });

  test("keeps no render with random bytes or the time in it", async () => {
    const { counting, renderer } = remembering();
    const first = await renderer.render(job);
    const second = await renderer.render(job);
    expect(second.stateText).not.toBe(first.stateText);
    const timed = await settled({
      served: {
        ...job.served,
        key: "timed",
        provisioners: DB.replace('env "ZONE"', "now | unixEpoch"),
      },
    });
    await renderer.render(timed);
    await renderer.render(timed);
    expect(counting.renders).toBe(4);
  });

  test("renders an equal example once, another anew", async () => {
    const { counting, renderer } = remembering();
    const [workload] = job.workloads;
    const example: ExampleJob = {
      example: "plain",
      target: "compose",
      workloads: workload === undefined ? [] : [workload],
      provisioners: [{ file: "compose.provisioners.yaml", text: DB }],
      patchTemplates: [],
      resources: new Map(),
    };
    const first = await renderer.renderExample(example);
    expect(await renderer.renderExample({ ...example })).toEqual(first);
    expect(counting.renders).toBe(1);
    const other = { file: "compose.provisioners.yaml", text: DB.replace("b.conf", "c.conf") };
    expect(await renderer.renderExample({ ...example, provisioners: [other] })).not.toEqual(first);
    expect(counting.renders).toBe(2);
  });

  test("writes a folder that many Score files share once", async () => {
    const outcome = { rendering: { document: "", files: [], emptyDirectories: [] }, images: [] };
    let renders = 0;
    const renderExample = async () => {
      renders++;
      return outcome;
    };
    const counting = Object.assign(new CountingRenderer(), { renderExample });
    const renderer = rememberRenders(counting, { bytes: BYTES });
    const sourceFiles = new Map([["big.bin", new Uint8Array(4 * 1024 * 1024)]]);
    const example: ExampleJob = {
      example: "many",
      target: "compose",
      workloads: Array.from({ length: 190 }, (_, i) => ({
        path: `${i}.score.yaml`,
        text: SCORE,
        sourceFiles,
      })),
      provisioners: [],
      patchTemplates: [],
      resources: new Map(),
    };
    expect(await renderer.renderExample(example)).toEqual(outcome);
    expect(await renderer.renderExample(structuredClone(example))).toEqual(outcome);
    expect(renders).toBe(1);
    sourceFiles.set("big.bin", new Uint8Array(4 * 1024 * 1024).fill(1));
    await renderer.renderExample(example);
    expect(renders).toBe(2);
  });

  test("keeps nothing that failed", async () => {
    const { counting, renderer } = remembering();
    const broken = { ...(await settled()), publish: ["nothing"] };
    await expect(renderer.render(broken)).rejects.toThrow();
    await expect(renderer.render(broken)).rejects.toThrow();
    expect(counting.renders).toBe(2);
  });

  test("gives each of two equal jobs at once its own outcome", async () => {
    const { renderer } = remembering();
    const [first, second] = await Promise.all([renderer.render(job), renderer.render(job)]);
    expect(second.stateText).not.toBe(first.stateText);
    const given = await settled();
    const [third, fourth] = await Promise.all([renderer.render(given), renderer.render(given)]);
    expect(fourth).toEqual(third);
  });

  test("keeps no more than it may", async () => {
    const { counting, renderer } = remembering(16 * 1024);
    const jobs = await Promise.all(
      Array.from({ length: 40 }, (_, i) => settled({ composeProject: `p${i}` })),
    );
    for (const each of jobs) await renderer.render(each);
    for (const each of jobs.slice(0, 20)) await renderer.render(each);
    expect(counting.renders).toBe(60);
    await renderer.render(jobs[19] ?? job);
    expect(counting.renders).toBe(60);
  });

  test("keeps nothing where it may keep nothing", async () => {
    const { counting, renderer } = remembering(0);
    const given = await settled();
    await renderer.render(given);
    await renderer.render(given);
    expect(counting.renders).toBe(2);
  });
});

async function outcomeOf(renderer: Renderer, given: RenderJob): Promise<unknown> {
  return renderer.render(given).catch((error: Error) => error.message);
}
