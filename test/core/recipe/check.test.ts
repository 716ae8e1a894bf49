import { describe, expect, test } from "vitest";
import { checkRecipe, listIdentities } from "../../../src/core/recipe/check.js";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import { packRecipe } from "../../../src/core/recipe/package.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const packageOf = (files: Record<string, string>, more = "") =>
  packRecipe(
    new Map(
      Object.entries({ "recipe.yaml": `name: dapr/redis\nversion: 1.1.0\n${more}`, ...files }).map(
        ([path, text]) => [path, bytes(text)],
      ),
    ),
  );
const COMPOSE = `- uri: template://redis
  type: redis
  class: big
  expected_outputs: [host, password]
  outputs: |
    host: {{ .State.host | quote }}
`;
const good = packageOf({
  "compose.provisioners.yaml": COMPOSE,
  "k8s.provisioners.yaml":
    '- uri: template://redis-k8s\n  type: redis\n  outputs: \'p: {{ encodeSecretRef "a" "b" }}\'\n',
  "a.k8s.tpl": '{{ substituteValue "w" "x" }}',
});

function problemsOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    const { code, problems } = error as RecipeError;
    return { code, problems };
  }
  return expect.unreachable();
}

test("a good recipe gives its provisioners by target", () => {
  const { provisioners, warnings } = checkRecipe(good);
  expect([...provisioners].map(([target, list]) => [target, list.length])).toEqual([
    ["compose", 1],
    ["k8s", 1],
  ]);
  expect(listIdentities(provisioners)).toMatchObject([
    { target: "compose", type: "redis", class: "big", uri: "template://redis" },
    { target: "k8s", type: "redis", uri: "template://redis-k8s" },
  ]);
  expect(warnings).toEqual([]);
});

test("all that is wrong is found at once, with its place", () => {
  const recipe = packageOf({
    "compose.provisioners.yaml": `${COMPOSE}- uri: template://two
  type: two
  state: |

    a: 1
    b: {{ nosuch }}
  outputs: "{{ if }}"
`,
    "k8s.provisioners.yaml": "- {uri: 'template://x', type: x, services: y}\n",
    "bad.compose.tpl": "- a\n- {{ end }}\n",
  });
  const { code, problems } = problemsOf(() => checkRecipe(recipe));
  expect(code).toBe("recipe_check");
  expect(problems.map((one) => [one.code, one.place?.file, one.place?.line])).toEqual([
    ["recipe_template", "compose.provisioners.yaml", 12],
    ["recipe_template", "compose.provisioners.yaml", 13],
    ["provisioners_key", "k8s.provisioners.yaml", 1],
    ["recipe_template", "bad.compose.tpl", 2],
  ]);
});

test.each([
  {
    name: "attack 6: an unknown field",
    file: "- {uri: 'template://x', type: x, labels: {}}",
    code: "provisioners_key",
  },
  {
    name: "a function of the other target",
    file: `- {uri: 'template://x', type: x, outputs: '{{ encodeSecretRef "a" "b" }}'}`,
    code: "recipe_template",
  },
  {
    name: "a scheme that Score lacks",
    file: "- {uri: 'https://x', type: x}",
    code: "provisioners_scheme",
  },
  { name: "bytes that are no text", file: "\u0000", code: "provisioners_yaml" },
])("refuses $name", ({ file, code }) => {
  const { problems } = problemsOf(() =>
    checkRecipe(packageOf({ "compose.provisioners.yaml": file })),
  );
  expect(problems.map((one) => one.code)).toEqual([code]);
});

describe("metadata", () => {
  test.each([
    {
      name: "a type that nothing provides",
      more: "resources: {rediss: {}}",
      code: "recipe_type_unprovided",
    },
    {
      name: "a secret output that nothing expects",
      more: "resources: {redis: {secretOutputs: [pasword]}}",
      code: "recipe_output_unprovided",
    },
  ])("with $name is refused", ({ more, code }) => {
    const recipe = packageOf({ "compose.provisioners.yaml": COMPOSE }, more);
    const { problems } = problemsOf(() => checkRecipe(recipe));
    expect(problems.map((one) => one.code)).toEqual([code]);
  });

  test("may name a secret output where outputs are not listed", () => {
    const file = "- {uri: 'template://x', type: redis}\n";
    checkRecipe(
      packageOf({ "k8s.provisioners.yaml": file }, "resources: {redis: {secretOutputs: [a]}}"),
    );
  });
});

describe("attack 5: a changed uri", () => {
  const published = (uri: string, change: object = {}) => ({
    version: "1.0.0",
    provisioners: [{ target: "compose", type: "redis", class: "big", id: null, uri, ...change }],
  });

  test("is refused with a code of its own", () => {
    const { code, problems } = problemsOf(() =>
      checkRecipe(good, { previous: published("template://redis/v1") }),
    );
    expect(code).toBe("recipe_uri_changed");
    expect(problems.map((one) => one.code)).toEqual(["recipe_uri_changed"]);
  });

  test("is a warning where it is meant", () => {
    const previous = published("template://redis/v1");
    const { warnings } = checkRecipe(good, { previous, force: true });
    expect(warnings.map(({ code }) => code)).toEqual(["recipe_uri_changed"]);
  });

  test.each([
    { name: "the same uri", previous: published("template://redis") },
    { name: "another class", previous: published("template://other", { class: "small" }) },
    { name: "no class", previous: published("template://other", { class: null }) },
    { name: "another id", previous: published("template://other", { id: "x" }) },
    { name: "another target", previous: published("template://other", { target: "k8s" }) },
    {
      name: "a provisioner that is gone",
      previous: published("template://other", { type: "gone" }),
    },
  ])("is none for $name", ({ previous }) => {
    checkRecipe(good, { previous });
  });
});

test("attack 39: a cmd:// provisioner is published with a warning", () => {
  const file = "- {uri: 'cmd://bash', type: x, args: ['-c', 'true']}\n";
  const { warnings } = checkRecipe(packageOf({ "compose.provisioners.yaml": file }));
  expect(warnings.map(({ code }) => code)).toEqual(["recipe_command"]);
});
