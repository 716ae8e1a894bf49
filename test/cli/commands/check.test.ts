import { describe, expect, test } from "vitest";
import { type CommandLine, openCommandLine } from "../command-line.js";

const GREETING = `- uri: template://acme/greeting
  type: greeting
  expected_outputs: [text]
  outputs: |
    text: hello
`;
const EXAMPLE = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: app, variables: {TEXT: "\${resources.greeting.text}"}}}
resources: {greeting: {type: greeting}}
`;

async function putGreeting(line: CommandLine, folder: string, version = "1.0.0"): Promise<void> {
  await line.put(`${folder}/recipe.yaml`, `name: acme/greeting\nversion: ${version}\n`);
  await line.put(`${folder}/compose.provisioners.yaml`, GREETING);
  await line.put(`${folder}/examples/basic/score.yaml`, EXAMPLE);
}

describe("backbar check", () => {
  test("tells every fault of a folder, each with its place, and exits 1", async () => {
    const line = await openCommandLine();
    await line.put("bad/recipe.yaml", "name: acme/bad\nversion: 1.0\ntitel: x\n");
    await line.put("bad/setup.sh", "");
    await line.put("bad/examples/one/score.yaml", "a: [\n");
    await line.put(
      "bad/compose.provisioners.yaml",
      "- uri: template://acme/a\n  type: a\n  outputs: '{{ nope }}'\n- uri: cmd://b\n  type: b\n",
    );
    const { code, stdout, stderr } = await line.backbar("check", "bad");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const places = stdout.split("\n").map((one) => one.replace(/(error|warning): .*$/, "$1"));
    expect(places.filter((one) => one.startsWith("bad/"))).toEqual([
      "bad/recipe.yaml:2:1: error",
      "bad/recipe.yaml:3:1: error",
      "bad/setup.sh: error",
      "bad/compose.provisioners.yaml:3:16: error",
      "bad/examples/one/score.yaml:2:1: error",
      "bad/compose.provisioners.yaml:4: warning",
    ]);
    expect(stdout).toMatch(/\n5 errors\n$/);
  });

  test("gives a sound recipe's digest, whatever is recorded beside it", async () => {
    const line = await openCommandLine();
    await putGreeting(line, "greeting");
    const before = await line.json("check", "greeting");
    expect(before).toEqual({
      recipes: [
        {
          folder: "greeting",
          recipe: "acme/greeting",
          version: "1.0.0",
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          problems: [],
          warnings: [],
        },
      ],
    });
    await line.put("greeting/expected/basic/compose/compose.yaml", "services: {}\n");
    expect(await line.json("check", "greeting")).toEqual(before);
  });

  test("looks at all recipes below a folder that is none", async () => {
    const line = await openCommandLine();
    await putGreeting(line, "recipes/acme/one");
    await putGreeting(line, "recipes/acme/two");
    await line.put("recipes/acme/two/setup.sh", "");
    const { code, stdout } = await line.backbar("check", "recipes", "recipes/acme/one");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok acme\/greeting 1\.0\.0 /m);
    expect(stdout).toMatch(/\n1 error in 1 of 2 recipes\n$/);
  });

  test.each([
    {
      name: "a dropped output",
      change: { text: GREETING.replaceAll("text", "word"), version: "1.1.0" },
      flags: [],
      found: { problems: [{ code: "recipe_output_dropped" }, { code: "recipe_example" }] },
    },
    {
      name: "a changed uri",
      change: { text: GREETING.replace("acme/greeting", "acme/hello"), version: "1.1.0" },
      flags: [],
      found: { problems: [{ code: "recipe_uri_changed" }], warnings: [] },
    },
    {
      name: "a changed uri that is meant",
      change: { text: GREETING.replace("acme/greeting", "acme/hello"), version: "1.1.0" },
      flags: ["--force"],
      found: { problems: [], warnings: [{ code: "recipe_uri_changed" }] },
    },
    {
      name: "other content under the same version",
      change: { text: GREETING.replace("hello", "good day"), version: "1.0.0" },
      flags: [],
      found: { problems: [], warnings: [{ code: "recipe_version" }] },
    },
  ])("finds $name against an older copy", async ({ change, flags, found }) => {
    const line = await openCommandLine();
    await putGreeting(line, "old");
    await putGreeting(line, "new", change.version);
    await line.put("new/compose.provisioners.yaml", change.text);
    const answer = await line.json("check", "--previous", "old", ...flags, "new");
    expect(answer).toMatchObject({ recipes: [found] });
  });

  test.each([
    { name: "a folder that is not there", args: ["nowhere"] },
    { name: "a folder without a name", args: [""] },
    { name: "a file", args: ["greeting/recipe.yaml"] },
    { name: "a folder without recipes", args: ["empty"] },
    {
      name: "an older copy of several recipes",
      args: ["--previous", "greeting", "greeting", "other"],
    },
    { name: "an older copy of another recipe", args: ["--previous", "other", "greeting"] },
    { name: "an older copy that is newer", args: ["--previous", "newer", "greeting"] },
    { name: "an older copy with faults", args: ["--previous", "bad", "greeting"] },
  ])("refuses $name", async ({ args }) => {
    const line = await openCommandLine();
    await putGreeting(line, "greeting");
    await putGreeting(line, "newer", "2.0.0");
    await putGreeting(line, "other");
    await line.put("other/recipe.yaml", "name: acme/other\nversion: 1.0.0\n");
    await line.put("bad/recipe.yaml", "name: acme/greeting\nversion: 0.1\n");
    await line.put("empty/notes.txt", "");
    const { code, stderr } = await line.backbar("check", ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^backbar: error: .*\nhint: .*\n$/);
  });
});
