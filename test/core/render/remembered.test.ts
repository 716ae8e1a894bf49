import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeptProvisioning, Provisionings } from "../../../src/core/provision/remembered.js";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";
import type { RenderInput } from "../../../src/core/render/contract.js";
import { renderProject } from "../../../src/core/render/project.js";
import { TARGETS, type Target } from "../../../src/core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../../src/core/score/state.js";
import { countingHost } from "../../helpers/hosts.js";

/** Keeps everything, and counts what is asked for and there. */
class Memory implements Provisionings {
  hits = 0;
  readonly #kept = new Map<string, KeptProvisioning>();

  get(key: string): KeptProvisioning | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.hits++;
    return kept;
  }

  set(key: string, value: KeptProvisioning): void {
    this.#kept.set(key, value);
  }
}

/** What a render takes, of all that may change from one to the next. */
interface Change {
  readonly image: string;
  readonly size: number;
  readonly team: string;
  readonly port: number;
  readonly zone: string;
  readonly namespace: string;
  readonly steps: number;
  readonly strict: boolean;
  readonly forgets: boolean;
  readonly patched: boolean;
}

const DB: Readonly<Record<string, string>> = {
  init: "p: {{ randAlphaNum 12 | quote }}",
  state: [
    'p: {{ dig "p" .Init.p .State | quote }}',
    'n: {{ add 1 (dig "n" 0 .State) | min 3 }}',
  ].join("\n"),
  shared: '{{ .Uid }}: {size: {{ dig "size" 0 (default dict .Params) }}}',
  outputs: [
    "p: {{ .State.p }}",
    'at: {{ env "ZONE" }}',
    "ports: {{ range $name, $service := .WorkloadServices }}{{ $name }}{{ range $service.Ports }}{{ .Port }}{{ end }}{{ end }}",
  ].join("\n"),
};

const PIECES: Readonly<Record<Target, Readonly<Record<string, string>>>> = {
  compose: {
    services:
      'db: {image: "db:{{ .Params.size }}", labels: {team: "{{ toJson .Shared | sha256sum }}"}}',
    files: "a/{{ .State.n }}.conf: {{ .State.p }}",
    directories: "b: true",
    info_logs: "- {{ .State.p }}",
  },
  k8s: {
    manifests: [
      "- apiVersion: v1",
      "  kind: ConfigMap",
      "  metadata: {name: db, labels: {team: {{ .WorkloadMetadata.team | quote }}}}",
      '  data: {size: "{{ .Params.size }}", namespace: {{ .Namespace | quote }}}',
    ].join("\n"),
  },
};

/** Changes in place what it is given, and then does nothing with it. */
const CHANGING: Readonly<Record<Target, string>> = {
  compose: "{{ $_ := set .Compose.services.db `image` `changed` }}[]",
  k8s: "{{ range .Manifests }}{{ $_ := set .metadata `name` `changed` }}{{ end }}[]",
};

function score(name: string, { size, team, port }: Change): string {
  return `apiVersion: score.dev/v1b1
metadata: {name: ${name}, team: ${team}}
service: {ports: {web: {port: ${port}}}}
containers: {main: {image: ".", variables: {P: "\${resources.db.p}", AT: "\${resources.db.at}"}}}
resources: {db: {type: db, params: {size: ${size}, own: "\${resources.other.p}"}}, other: {type: db, id: shared}}
`;
}

const host = (zone: string) => countingHost({ ZONE: zone });

/** A project that is rendered again and again. */
class Project {
  #stateText: string | undefined;
  #secrets: readonly string[] = [];
  readonly #target: Target;
  readonly #constant: Pick<RenderInput, "provisioners" | "provisionings">;

  constructor(target: Target, provisionings?: Provisionings) {
    this.#target = target;
    const entry = { uri: "template://acme/db", type: "db", ...DB, ...PIECES[target] };
    this.#constant = {
      provisioners: parseProvisionersFile(JSON.stringify([entry]), { file: "p.yaml", target }),
      ...(provisionings === undefined ? {} : { provisionings }),
    };
  }

  render(change: Change): unknown {
    const target = this.#target;
    if (change.forgets) this.#stateText = undefined;
    const state =
      this.#stateText === undefined
        ? emptyState(target, { composeProject: "p" })
        : parseState(this.#stateText, target);
    try {
      const result = renderProject({
        ...this.#constant,
        target,
        workloads: ["one", "two"].map((name) => ({
          path: `${name}.yaml`,
          text: score(name, change),
          image: change.image,
        })),
        patchTemplates: change.patched ? [{ name: "changing", text: CHANGING[target] }] : [],
        state,
        namespace: change.namespace,
        strict: change.strict,
        knownSecrets: this.#secrets,
        host: host(change.zone),
        limits: { templateSteps: change.steps },
      });
      this.#stateText = formatState(result.state, target);
      this.#secrets = result.secrets;
      const { text, documents: _, state: __, ...rest } = result;
      return { ...rest, text, state: this.#stateText };
    } catch (error) {
      return error;
    }
  }
}

const settled: Change = {
  image: "i:1",
  size: 1,
  team: "a",
  port: 80,
  zone: "z1",
  namespace: "there",
  steps: 1_000_000,
  strict: false,
  forgets: false,
  patched: false,
};

describe.each(TARGETS)("provisioning on %s", (target) => {
  test("is not done again where only an image is new", () => {
    const memory = new Memory();
    const project = new Project(target, memory);
    for (let i = 0; i < 6; i++) project.render(settled);
    const { hits } = memory;
    for (let i = 0; i < 3; i++) project.render({ ...settled, image: `i:${i}` });
    expect(memory.hits).toBe(hits + 3);
  });

  const changes = fc.array(
    fc
      .record({
        image: fc.constantFrom("i:1", "i:2", "i:3"),
        size: fc.constantFrom(1, 2),
        team: fc.constantFrom("a", "b"),
        port: fc.constantFrom(80, 81),
        zone: fc.constantFrom("z1", "z2"),
        namespace: fc.constantFrom("there", "elsewhere"),
        steps: fc.constantFrom(1_000_000, 20),
        strict: fc.boolean(),
        forgets: fc.constantFrom(false, false, false, true),
        patched: fc.boolean(),
      })
      .chain((full) => fc.subarray(Object.entries(full), { maxLength: 3 }))
      .map((some): Change => ({ ...settled, ...Object.fromEntries(some) })),
    { minLength: 4, maxLength: 12 },
  );

  test("comes to the same with and without memory, whatever changes", () => {
    fc.assert(
      fc.property(changes, (all) => {
        const remembering = new Project(target, new Memory());
        const forgetting = new Project(target);
        for (const change of all) {
          expect(remembering.render(change)).toEqual(forgetting.render(change));
        }
      }),
      { numRuns: 40 },
    );
  });
});
