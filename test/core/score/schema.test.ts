import { describe, expect, test } from "vitest";
import { loadWorkload } from "../../../src/core/score/load.js";

interface Parts {
  readonly metadata?: string;
  readonly containers?: string;
  readonly container?: string;
  readonly rest?: string;
}

function score({ metadata = "{name: app}", container = "", rest = "", containers }: Parts): string {
  const all = containers ?? `{main: {image: i${container === "" ? "" : `, ${container}`}}}`;
  return `apiVersion: score.dev/v1b1\nmetadata: ${metadata}\ncontainers: ${all}\n${rest}\n`;
}

const NAMES = {
  fine: ["aa", "a-b", "a--b", "0a", "12", "a".repeat(63)],
  refused: ["a", "", "a-", "-a", "Aa", "a_b", "a.b", "éé", "a b", "a".repeat(64)],
};

/** Which texts the Score specification takes where; `of` puts one into a workload. */
const PLACES: {
  place: string;
  of: (text: string) => Parts;
  fine: readonly string[];
  refused: readonly string[];
}[] = [
  { place: "name", of: (text) => ({ metadata: `{name: ${text}}` }), ...NAMES },
  { place: "container", of: (text) => ({ containers: `{${text}: {image: i}}` }), ...NAMES },
  { place: "port", of: (text) => ({ rest: `service: {ports: {${text}: {port: 1}}}` }), ...NAMES },
  { place: "resource", of: (text) => ({ rest: `resources: {${text}: {type: xx}}` }), ...NAMES },
  {
    place: "before",
    of: (text) => ({ container: `before: {${text}: {ready: started}}` }),
    ...NAMES,
  },
  {
    place: "type",
    of: (text) => ({ rest: `resources: {db: {type: ${text}}}` }),
    fine: ["aa", "Aa", "a-B", "0a"],
    refused: ["a", "a-", "a_b", "a.b", "é1", "a".repeat(64)],
  },
  {
    place: "class",
    of: (text) => ({ rest: `resources: {db: {type: xx, class: ${text}}}` }),
    fine: ["aa", "Big", "a--b"],
    refused: ["a", "a.b", "-a", ""],
  },
  {
    place: "id",
    of: (text) => ({ rest: `resources: {db: {type: xx, id: ${text}}}` }),
    fine: ["aa", "a.b", "a-b.c-d", "a--b", "0.0", "a".repeat(63)],
    refused: ["a", "A1", "a..b", ".a", "a.", "-a", "a-", "a.-b", "a_b", "a".repeat(64)],
  },
  {
    place: "annotation",
    of: (text) => ({ metadata: `{name: app, annotations: {${text}: x}}` }),
    fine: ["aa", "A1", "a.b", "a_b", "a..b", "aa/bb", "aa.bb/c_D", "0a.b0/c0"],
    refused: ["a", "a/bb", "aa/b", "a.bb/cc", "Aa/bb", "aa/bb/cc", "/aa", "aa/", "-a", "é1"],
  },
  {
    place: "variable",
    of: (text) => ({ container: `variables: {${text}: x}` }),
    fine: ["A", "a b", "é", ".", "1a"],
    refused: ["", "a=b", "="],
  },
  {
    place: "cpu",
    of: (text) => ({ container: `resources: {limits: {cpu: ${text}}}` }),
    fine: ["1", "0", "001", "0.5", "1.10", "500m", "0m", "0.0001"],
    refused: ["", ".5", "1.", "1.5m", "1k", "-1", "1e3", "1 ", "m"],
  },
  {
    place: "memory",
    of: (text) => ({ container: `resources: {requests: {memory: ${text}}}` }),
    fine: ["1", "0.5", "1.5Gi", "10K", "1M", "1P", "1Ei", "0.1Ki", "1024"],
    refused: ["", "0", "0Mi", "64k", "1m", "1gi", "01", "1.", ".5", "-1", "1 Gi", "1e3"],
  },
  {
    place: "mode",
    of: (text) => ({ container: `files: {/a: {content: x, mode: ${text}}}` }),
    fine: ["644", "0644", "000", "0777"],
    refused: ["", "64", "00644", "1777", "888", "0x1"],
  },
  {
    place: "scheme",
    of: (text) => ({
      container: `livenessProbe: {httpGet: {port: 1, path: x, scheme: ${text}}}`,
    }),
    fine: ["HTTP", "HTTPS"],
    refused: ["http", ""],
  },
  {
    place: "header",
    of: (text) => ({
      container: `livenessProbe: {httpGet: {port: 1, path: x, httpHeaders: [{name: ${text}, value: v}]}}`,
    }),
    fine: ["X-A", "a_1"],
    refused: ["", "a b", "é", "a:"],
  },
  {
    place: "protocol",
    of: (text) => ({ rest: `service: {ports: {web: {port: 1, protocol: ${text}}}}` }),
    fine: ["TCP", "UDP"],
    refused: ["tcp", "SCTP", ""],
  },
];

describe.each(PLACES)("$place", ({ of, fine, refused }) => {
  const load = (text: string) =>
    loadWorkload({ path: "score.yaml", text: score(of(JSON.stringify(text))) }, "k8s");

  test.each(fine)("takes %j", (text) => {
    expect(() => load(text)).not.toThrow();
  });

  test.each(refused)("refuses %j", (text) => {
    expect(() => load(text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^score_(schema|name)$/) }),
    );
  });
});

/** Values that stand in YAML without quotes. */
describe.each([
  {
    place: "port",
    of: (yaml: string): Parts => ({ rest: `service: {ports: {web: {port: ${yaml}}}}` }),
    fine: ["1", "65535", "0x50", "0o120", "8_0", "80.0", "8e1"],
    refused: ["0", "65536", "-1", "80.5", "true", "~", "'80'", "[80]", "2024-01-02"],
  },
  {
    place: "variable",
    of: (yaml: string): Parts => ({ container: `variables: {A: ${yaml}}` }),
    fine: ["x", "yes", "on", "12:30", "!!str 1", "!!binary aGk=", "'1'", "''"],
    refused: ["1", "1.0", "true", "~", "0o17", "2024-01-02", "[x]", "{a: b}", ".inf"],
  },
  {
    place: "metadata",
    of: (yaml: string): Parts => ({ metadata: `{name: app, more: ${yaml}}` }),
    fine: ["1", "~", "2024-01-02", "[x]", "{a: {1: b}}", ".inf", "18446744073709551615"],
    refused: [],
  },
  {
    place: "params",
    of: (yaml: string): Parts => ({ rest: `resources: {db: {type: xx, params: ${yaml}}}` }),
    fine: ["{}", "{a: ~}", "{a: 2024-01-02}", "{a: {1: b}}"],
    refused: ["~", "[]", "x", "{1: a}"],
  },
  {
    place: "service",
    of: (yaml: string): Parts => ({ rest: `service: ${yaml}` }),
    fine: ["{}", "{ports: {}}"],
    refused: ["~", "[]", "{ports: ~}", "{ports: []}"],
  },
])("$place", ({ of, fine, refused }) => {
  const load = (yaml: string) => loadWorkload({ path: "score.yaml", text: score(of(yaml)) }, "k8s");

  test.each(fine)("takes %s", (yaml) => {
    expect(() => load(yaml)).not.toThrow();
  });

  test.each(refused)("refuses %s", (yaml) => {
    expect(() => load(yaml)).toThrow(expect.objectContaining({ code: "score_schema" }));
  });
});
