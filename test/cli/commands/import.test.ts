import { readdir } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type CommandLine, openCommandLine } from "../command-line.js";

const entry = (type: string, key: string, text: string) =>
  `# kept\n- uri: template://x/${type}\n  type: ${type}\n  description: A ${type}.\n  ${key}: |\n    ${text}\n`;
const COMPOSE = entry("store", "services", "store: {image: store}");
const K8S = entry("store", "manifests", "[]");
const NEITHER = entry("store", "outputs", "a: b");
type Texts = Readonly<Record<string, string>>;
const SCORE = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: app}}
resources: {store: {type: store}}
`;

let line: CommandLine;

beforeEach(async () => {
  line = await openCommandLine();
});

/** What an import of these files into `out` with these flags says, and its exit code. */
async function importing(files: Texts, ...flags: string[]) {
  for (const [file, text] of Object.entries(files)) await line.put(`src/${file}`, text);
  const args = ["import", "src", "--namespace", "acme", "--out", "out", ...flags];
  const { code, stdout, stderr } = await line.backbar(...args, "--json");
  return { code, stderr, answer: JSON.parse(stdout) };
}

const recipesIn = (answer: { recipes: { recipe: string; sources: unknown[] }[] }) =>
  answer.recipes.map(({ recipe, sources }) => `${recipe} ${sources.length}`);

describe("backbar import", () => {
  test("makes one recipe of files of one name, byte for byte, and an example of the score.yaml", async () => {
    const { code, answer } = await importing({
      "store/score-compose/10-redis-store.provisioners.yaml": COMPOSE,
      "store/score-k8s/20-redis-store.provisioners.yaml": K8S,
      "store/score.yaml": SCORE,
      "README.md": "# Provisioners\n",
    });
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      recipes: [
        {
          recipe: "acme/redis-store",
          folder: "out/acme/redis-store",
          result: "imported",
          sources: [{ target: "compose" }, { target: "k8s" }],
          example: "src/store/score.yaml",
          problems: [],
        },
      ],
      refused: [],
      others: ["README.md"],
    });
    const read = (file: string) => line.read(`out/acme/redis-store/${file}`);
    expect(await read("compose.provisioners.yaml")).toBe(COMPOSE);
    expect(await read("k8s.provisioners.yaml")).toBe(K8S);
    expect(await read("examples/basic/score.yaml")).toBe(SCORE);
    expect(await read("recipe.yaml")).toContain('description: "A store."');
    expect(await line.backbar("check", "out")).toMatchObject({ code: 0 });
  });

  test.each<{ name: string; files: Texts; target: string }>([
    { name: "by the path", files: { "a/score-k8s/one.provisioners.yaml": NEITHER }, target: "k8s" },
    {
      name: "by a plain folder",
      files: { "compose/one.provisioners.yaml": NEITHER },
      target: "compose",
    },
    { name: "by the file's name", files: { "one.k8s.provisioners.yaml": NEITHER }, target: "k8s" },
    { name: "by manifests", files: { "one.provisioners.yaml": K8S }, target: "k8s" },
    { name: "by services", files: { "01_one.provisioners.yml": COMPOSE }, target: "compose" },
  ])("tells the target $name", async ({ files, target }) => {
    const { code, answer } = await importing(files);
    expect(code).toBe(0);
    expect(answer.recipes).toMatchObject([{ recipe: "acme/one", sources: [{ target }] }]);
  });

  test("takes the target of the flag before anything else", async () => {
    const { answer } = await importing(
      { "score-compose/one.provisioners.yaml": K8S },
      "--target",
      "k8s",
    );
    expect(answer.recipes).toMatchObject([{ sources: [{ target: "k8s" }], problems: [] }]);
  });

  test.each<{ name: string; files: Texts; recipes: string[] }>([
    {
      name: "by their folders where names repeat",
      files: {
        "state/score-k8s/10-redis.provisioners.yaml": K8S,
        "pubsub/score-k8s/10-redis.provisioners.yaml": K8S,
        "pubsub/score-compose/redis.provisioners.yaml": COMPOSE,
      },
      recipes: ["acme/pubsub-redis 2", "acme/state-redis 1"],
    },
    {
      name: "by their folder where a file has no name",
      files: { "My Store/compose.provisioners.yaml": COMPOSE },
      recipes: ["acme/my-store 1"],
    },
    {
      name: "by the folder above where there is none below",
      files: { "k8s.provisioners.yaml": K8S },
      recipes: ["acme/src 1"],
    },
  ])("calls recipes $name", async ({ files, recipes }) => {
    const { code, answer } = await importing(files);
    expect(code).toBe(0);
    expect(recipesIn(answer).sort()).toEqual(recipes);
  });

  test.each([
    {
      name: "a target that nothing tells",
      file: "one.provisioners.yaml",
      text: NEITHER,
      place: {},
    },
    {
      name: "no YAML",
      file: "one.provisioners.yaml",
      text: "a: [\n",
      place: { line: 2, column: 1 },
    },
    { name: "no list", file: "one.provisioners.yaml", text: "a: b\n", place: {} },
    { name: "no name", file: "10-3.compose.provisioners.yaml", text: COMPOSE, place: {} },
  ])("refuses a file with $name, and imports the others", async ({ file, text, place }) => {
    const { code, answer } = await importing({ [file]: text, "good.provisioners.yaml": COMPOSE });
    expect(code).toBe(1);
    expect(answer.refused).toMatchObject([
      { file: `src/${file}`, problem: { place: { file: `src/${file}`, ...place } } },
    ]);
    expect(recipesIn(answer)).toEqual(["acme/good 1"]);
  });

  test("refuses files that would be one recipe", async () => {
    const { code, answer } = await importing({
      "00-hpa.provisioners.yaml": K8S,
      "10-hpa.provisioners.yaml": K8S,
    });
    expect({ code, recipes: answer.recipes, refused: answer.refused.length }).toEqual({
      code: 1,
      recipes: [],
      refused: 2,
    });
  });

  test("tells what publishing would refuse, and commands as warnings", async () => {
    const { code, answer } = await importing({
      "bad.provisioners.yaml": COMPOSE.replace("{image", "{{ nope }} {image"),
      "compose/tool.provisioners.yaml": "- uri: cmd://./run.sh\n  type: tool\n",
      "redis.provisioners.yaml": COMPOSE,
      "red1s.provisioners.yaml": COMPOSE,
    });
    expect(code).toBe(0);
    const codes = Object.fromEntries(
      answer.recipes.map(
        (one: Record<"problems" | "warnings", { code: string }[]> & { recipe: string }) => [
          one.recipe,
          [...one.problems, ...one.warnings].map((problem) => problem.code),
        ],
      ),
    );
    expect(codes).toEqual({
      "acme/bad": ["recipe_template"],
      "acme/tool": ["recipe_command"],
      "acme/redis": ["recipe_look_alike"],
      "acme/red1s": ["recipe_look_alike"],
    });
    const bad = answer.recipes.find(({ recipe }: { recipe: string }) => recipe === "acme/bad");
    expect(bad.problems[0].place).toMatchObject({ file: "src/bad.provisioners.yaml", line: 6 });
  });

  test("writes over nothing, and is done where all is there already", async () => {
    const files = { "one.provisioners.yaml": COMPOSE, "two.provisioners.yaml": COMPOSE };
    await importing(files);
    expect(await importing(files)).toMatchObject({
      code: 0,
      answer: { recipes: [{ result: "unchanged" }, { result: "unchanged" }] },
    });
    await line.put("out/acme/one/recipe.yaml", "mine\n");
    expect(await importing({ ...files, "three.provisioners.yaml": COMPOSE })).toMatchObject({
      code: 1,
      answer: {
        recipes: [{ result: "blocked" }, { result: "imported" }, { result: "unchanged" }],
      },
    });
    expect(await line.read("out/acme/one/recipe.yaml")).toBe("mine\n");
    expect((await readdir(path.join(line.folder, "out/acme"))).sort()).toEqual([
      "one",
      "three",
      "two",
    ]);
  });

  test.each([
    { name: "a folder without provisioners", args: ["empty"] },
    { name: "a folder that is not there", args: ["nowhere"] },
    { name: "a namespace that is none", args: ["src", "--namespace", "A"] },
    { name: "a folder's name that is no namespace", args: ["recipes"] },
    { name: "a version that is none", args: ["src", "--version", "1"] },
    { name: "a target that is none", args: ["src", "--target", "helm"] },
  ])("ends with 2 on $name", async ({ args }) => {
    await line.put("src/one.provisioners.yaml", COMPOSE);
    await line.put("recipes/one.provisioners.yaml", COMPOSE);
    await line.put("empty/README.md", "");
    expect(await line.backbar("import", ...args)).toMatchObject({ code: 2, stdout: "" });
  });
});
