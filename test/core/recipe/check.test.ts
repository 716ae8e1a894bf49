import { describe, expect, test } from "vitest";
import { checkRecipe, inspectRecipe } from "../../../src/core/recipe/check.js";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import { inspectFolder, packRecipe } from "../../../src/core/recipe/package.js";

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
  expect(provisioners.get("compose")).toMatchObject([
    { type: "redis", class: "big", uri: "template://redis" },
  ]);
  expect(warnings).toEqual([]);
});

test("all that is wrong is found at once, with its place", () => {
  const recipe = packageOf({
    "compose.provisioners.yaml": `${COMPOSE}- uri: template://two
  type: two
  label: x
  class: [a]
  state: |

    a: 1
    b: {{ nosuch }}
- uri: template://three
  type: three
  outputs: "{{ if }}"
  state: 'a: {{ "it''s" | nosuch }}'
  init: |
      {{- $a := 1 }}
      a: {{ nosuch }}
- type: four
`,
    "k8s.provisioners.yaml": "- {uri: 'template://x', type: x, services: y}\n",
    "bad.compose.tpl": "- a\n- {{ end }}\n",
  });
  const { code, problems } = problemsOf(() => checkRecipe(recipe));
  expect(code).toBe("recipe_check");
  const places = problems.map(({ code, place }) => [code, place?.file, place?.line, place?.column]);
  expect(places).toEqual([
    ["provisioners_key", "compose.provisioners.yaml", 9, 3],
    ["provisioners_value", "compose.provisioners.yaml", 10, 3],
    ["recipe_template", "compose.provisioners.yaml", 14, 11],
    ["recipe_template", "compose.provisioners.yaml", 17, 19],
    ["recipe_template", "compose.provisioners.yaml", 18, undefined],
    ["recipe_template", "compose.provisioners.yaml", 21, 13],
    ["provisioners_uri", "compose.provisioners.yaml", 22, 3],
    ["provisioners_key", "k8s.provisioners.yaml", 1, 34],
    ["recipe_template", "bad.compose.tpl", 2, 10],
  ]);
});

test("faults of recipe.yaml hide none of the files, and none of them what is known of others", () => {
  const recipe = inspectFolder(
    new Map(
      Object.entries({
        "recipe.yaml":
          "name: dapr/redis\nversion: 1\ntitel: x\nresources:\n  redis: {params: {type: strin}}\n",
        "compose.provisioners.yaml": "- {uri: 'template://x', type: redis, label: a}\n",
        "k8s.provisioners.yaml": "- uri: template://x\n  type: redis\n  outputs: '{{ end }}'\n",
        "setup.sh": "",
      }).map(([path, text]) => [path, bytes(text)]),
    ),
  );
  const { problems, sound } = inspectRecipe(recipe);
  expect(problems.map(({ code, place }) => [code, place?.file, place?.line])).toEqual([
    ["recipe_metadata", "recipe.yaml", 2],
    ["recipe_metadata", "recipe.yaml", 5],
    ["recipe_metadata", "recipe.yaml", 3],
    ["recipe_file_unknown", "setup.sh", undefined],
    ["provisioners_key", "compose.provisioners.yaml", 1],
    ["recipe_template", "k8s.provisioners.yaml", 3],
  ]);
  expect([...sound]).toEqual([]);
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

test("more provisioners than a file may have are refused", () => {
  const file = (count: number) => {
    const one = (_: unknown, i: number) => `- {uri: 'template://p-${i}', type: t${i}}\n`;
    return packageOf({ "compose.provisioners.yaml": Array.from({ length: count }, one).join("") });
  };
  checkRecipe(file(2000));
  const { problems } = problemsOf(() => checkRecipe(file(2001)));
  expect(problems).toEqual([
    {
      code: "recipe_file_limit",
      message: "the file has 2001 provisioners, and may have 2000",
      place: { file: "compose.provisioners.yaml" },
    },
  ]);
});

test("attack 39: a cmd:// provisioner is published with a warning", () => {
  const file = "- {uri: 'cmd://bash', type: x, args: ['-c', 'true']}\n";
  const { warnings } = checkRecipe(packageOf({ "compose.provisioners.yaml": file }));
  expect(warnings.map(({ code }) => code)).toEqual(["recipe_command"]);
});
