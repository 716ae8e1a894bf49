import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Host } from "../../../src/core/gotemplate/value.js";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";
import type { RenderInput, RenderResult } from "../../../src/core/render/contract.js";
import { renderProject } from "../../../src/core/render/project.js";
import { TARGETS, type Target } from "../../../src/core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../../src/core/score/state.js";

/** Never the same again. */
function otherHost(): Host {
  return {
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    now: () => BigInt(Math.floor(Math.random() * 2 ** 60)),
    env: () => "value",
    lookupHost: () => undefined,
  };
}

const SCORE = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers:
  main: {image: "i:1", variables: {P: "\${resources.db.p}"}}
resources: {db: {type: db}}
`;

const INIT = "p: {{ randAlphaNum 12 | quote }}";
const STATE = 'p: {{ dig "p" .Init.p .State | quote }}';

function render(
  target: Target,
  templates: Readonly<Record<string, string>>,
  input: Partial<RenderInput> = {},
): RenderResult {
  const entry = { uri: "template://acme/db", type: "db", ...templates };
  return renderProject({
    target,
    workloads: [{ path: "score.yaml", text: SCORE }],
    provisioners: parseProvisionersFile(JSON.stringify([entry]), { file: "p.yaml", target }),
    state: emptyState(target, { composeProject: "p" }),
    host: otherHost(),
    ...input,
  });
}

/** The render after one that has made what is kept. */
function again(
  target: Target,
  templates: Readonly<Record<string, string>>,
  input: Partial<RenderInput> = {},
): RenderResult {
  const { state } = render(target, templates, input);
  return render(target, templates, {
    state: parseState(formatState(state, target), target),
    ...input,
  });
}

function unlessItFails<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

function comparable(result: RenderResult, target: Target): unknown {
  const { text, files, infoLogs, warnings, resources, secrets } = result;
  return {
    text,
    files,
    infoLogs,
    warnings,
    resources,
    secrets,
    state: formatState(result.state, target),
  };
}

const outputs = "p: {{ .State.p }}";

describe.each(TARGETS)("on %s", (target) => {
  test.each<{ name: string; templates: Readonly<Record<string, string>> }>([
    { name: "nothing is random", templates: { outputs: "p: 1" } },
    { name: "the state has what is made anew", templates: { init: INIT, state: STATE, outputs } },
    { name: "templates ask for a variable", templates: { outputs: 'p: {{ env "P" }}' } },
  ])("a render is repeatable where $name", ({ templates }) => {
    expect(again(target, templates).repeatable).toBe(true);
  });

  test("a render that makes new resources is not repeatable", () => {
    expect(render(target, { outputs: "p: 1" }).repeatable).toBe(false);
  });

  test.each<{ name: string; templates: Readonly<Record<string, string>> }>([
    { name: "a random text", templates: { outputs: "p: {{ randAlphaNum 8 }}" } },
    { name: "a random number", templates: { outputs: "p: {{ randInt 1 9 }}" } },
    { name: "an id", templates: { outputs: "p: {{ uuidv4 }}" } },
    { name: "the time", templates: { outputs: "p: {{ now | unixEpoch }}" } },
    { name: "a time since", templates: { outputs: 'p: {{ ago (toDate "2006" "2020") }}' } },
    { name: "a key", templates: { outputs: 'p: {{ genPrivateKey "ed25519" | toJson }}' } },
    { name: "a certificate", templates: { outputs: 'p: {{ (genCA "a" 1).Cert | toJson }}' } },
    { name: "a password's hash", templates: { outputs: 'p: {{ htpasswd "a" "b" | toJson }}' } },
    { name: "a text encrypted", templates: { outputs: 'p: {{ encryptAES "k" "t" }}' } },
    { name: "another init", templates: { init: INIT, state: STATE, outputs: "p: {{ .Init.p }}" } },
    { name: "random state", templates: { init: INIT, state: "p: {{ .Init.p }}", outputs } },
  ])("a render with $name is not repeatable", ({ templates }) => {
    expect(again(target, templates).repeatable).toBe(false);
  });

  test("a patch template with a random text is not repeatable", () => {
    const patchTemplates = [{ name: "p", text: "{{ if eq (randAlpha 9) `x` }}{{ end }}" }];
    expect(again(target, { outputs: "p: 1" }, { patchTemplates }).repeatable).toBe(false);
  });

  const pieces = {
    init: ["", INIT, "p: {{ randInt 0 2 }}", '{{ $_ := set .State "p" (randAlpha 3) }}p: 1'],
    state: [
      STATE,
      "p: {{ .Init.p }}",
      'p: {{ dig "p" .Init .State | toJson }}',
      'p: {{ dig "p" .Init.p .Shared }}',
      '{{ $_ := unset .State "p" }}p: {{ dig "p" .Init.p .State }}',
      "p: {{ with $ }}{{ .Init.p }}{{ end }}",
    ],
    shared: ["", "s: {{ .State.p }}", "s: {{ .Init.p }}", 's: {{ dig "s" .Init.p .Shared }}'],
    outputs: [
      outputs,
      "p: {{ toJson .Init | quote }}",
      "p: {{ if .Init.p }}1{{ end }}",
      "{{ range $k, $v := . }}{{ end }}p: 1",
      "p: {{ printf `%v` . | sha256sum }}",
    ],
  };
  const choice = fc.record({
    init: fc.constantFrom(...pieces.init),
    state: fc.constantFrom(...pieces.state),
    shared: fc.constantFrom(...pieces.shared),
    outputs: fc.constantFrom(...pieces.outputs),
  });

  test("a repeatable render comes out the same with other random bytes at another time", () => {
    fc.assert(
      fc.property(choice, (templates) => {
        const state = unlessItFails(() => render(target, templates).state);
        fc.pre(state !== undefined);
        const run = () => render(target, templates, { state });
        const first = unlessItFails(run);
        if (!first?.repeatable) return;
        for (let i = 0; i < 4; i++) {
          const next = run();
          expect(next.repeatable).toBe(true);
          expect(comparable(next, target)).toEqual(comparable(first, target));
        }
      }),
      { numRuns: 200 },
    );
  });
});
