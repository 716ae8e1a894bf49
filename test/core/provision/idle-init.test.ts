import { expect, test } from "vitest";
import { sprigFunctions } from "../../../src/core/gotemplate/sprig/map.js";
import type { DataMap } from "../../../src/core/gotemplate/value.js";
import { isInitIdle } from "../../../src/core/provision/idle-init.js";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";

function isIdle(templates: Readonly<Record<string, string>>, state: DataMap): boolean {
  const all = { init: "p: {{ randAlphaNum 8 }}", ...templates };
  const text = JSON.stringify([{ uri: "template://acme/db", type: "db", ...all }]);
  const [provisioner] = parseProvisionersFile(text, { file: "p.yaml", target: "compose" });
  if (provisioner === undefined) throw new TypeError("no provisioner");
  return isInitIdle(provisioner, state, sprigFunctions);
}

interface Case {
  readonly name: string;
  readonly templates: Readonly<Record<string, string>>;
  readonly state?: DataMap;
}

const stored = new Map([["p", "kept"]]);
const deep = new Map([["a", new Map([["b", "kept"]])]]);
const KEPT = 'p: {{ dig "p" .Init.p .State | quote }}';

test.each<Case>([
  { name: "nothing asks for it", templates: { state: "p: 1" } },
  { name: "the state has it", templates: { state: KEPT } },
  { name: "the state has it, by $", templates: { state: 'p: {{ dig "p" $.Init.p $.State }}' } },
  {
    name: "the state has it, inside of a condition",
    templates: { state: `{{ if .Params }}{{ else }}${KEPT}{{ end }}` },
  },
  {
    name: "the state has it further down",
    templates: { state: 'p: {{ dig "a" "b" .Init.p .State }}' },
    state: deep,
  },
  {
    name: "another dot is used whole",
    templates: { state: KEPT, outputs: "{{ with .Params }}p: {{ toJson . }}{{ end }}" },
  },
  {
    name: "later templates change maps",
    templates: { state: KEPT, outputs: '{{ $_ := set .State "p" 1 }}p: 1' },
  },
])("changes nothing where $name", ({ templates, state = stored }) => {
  expect(isIdle(templates, state)).toBe(true);
});

test.each<Case>([
  { name: "the state lacks it", templates: { state: KEPT }, state: new Map() },
  {
    name: "the state has it no further down",
    templates: { state: 'p: {{ dig "p" "q" .Init.p .State }}' },
  },
  { name: "it is written", templates: { state: "p: {{ .Init.p }}" } },
  {
    name: "it is written by $",
    templates: { state: "{{ range .Params }}{{ $.Init.p }}{{ end }}" },
  },
  { name: "it is what dig looks in", templates: { state: 'p: {{ dig "p" .State .Init }}' } },
  { name: "it is a key", templates: { state: "p: {{ dig .Init.p .Init.p .State }}" } },
  {
    name: "a part of it is the default",
    templates: { state: 'p: {{ dig "p" .Init.p.q .State }}' },
  },
  { name: "all of it is the default", templates: { state: 'p: {{ dig "p" .Init .State }}' } },
  { name: "dig looks elsewhere", templates: { state: 'p: {{ dig "p" .Init.p .Shared }}' } },
  { name: "dig looks in a part", templates: { state: 'p: {{ dig "p" .Init.p .State.p }}' } },
  { name: "another default is piped", templates: { state: 'p: {{ .State | dig "p" .Init.p }}' } },
  { name: "another value is piped", templates: { state: 'p: {{ 1 | dig "p" .Init.p .State }}' } },
  { name: "a condition asks", templates: { state: `${KEPT}{{ if .Init.p }}{{ end }}` } },
  {
    name: "another dot may be the state",
    templates: { state: `{{ with .State }}${KEPT}{{ end }}` },
  },
  { name: "a variable holds it", templates: { state: `${KEPT}{{ $x := .Init }}` } },
  { name: "a variable holds all", templates: { state: `${KEPT}{{ $x := . }}` } },
  { name: "a variable holds $", templates: { state: `${KEPT}{{ $x := $ }}` } },
  { name: "all is written", templates: { state: KEPT, outputs: "a: {{ toJson . }}" } },
  {
    name: "all is given on",
    templates: { state: `{{ define "t" }}{{ .Init.p }}{{ end }}{{ template "t" . }}` },
  },
  { name: "all is in parentheses", templates: { state: KEPT, outputs: "a: {{ (.).Init.p }}" } },
  {
    name: "a later template asks",
    templates: { state: KEPT, outputs: 'p: {{ dig "p" .Init.p .State }}' },
  },
  { name: "the shared state asks", templates: { state: KEPT, shared: "p: {{ .Init.p }}" } },
  {
    name: "the state may lose it before",
    templates: { state: `{{ $_ := unset .State "p" }}${KEPT}` },
  },
  {
    name: "init may change the state",
    templates: { init: '{{ $_ := set .State "p" (randAlphaNum 3) }}', state: KEPT },
  },
  { name: "a template cannot be parsed", templates: { state: "{{ if }}" } },
])("may change something where $name", ({ templates, state = stored }) => {
  expect(isIdle(templates, state)).toBe(false);
});
