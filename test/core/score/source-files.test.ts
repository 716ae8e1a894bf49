import { expect, test } from "vitest";
import { loadWorkload } from "../../../src/core/score/load.js";
import { sourcePaths } from "../../../src/core/score/source-files.js";

test("lists what containers mount by source, each once", () => {
  const text = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers:
  one:
    image: "t:1"
    files:
      /a: {source: ./conf/a.txt}
      /b: {content: b}
      /c: {binaryContent: Yw==}
  two:
    image: "t:1"
    files:
      - {target: /d, source: ./conf/a.txt}
      - {target: /e, source: e.txt}
  three: {image: "t:1"}
`;
  const workload = loadWorkload({ path: "score.yaml", text }, "compose");
  expect(sourcePaths(workload)).toEqual(["./conf/a.txt", "e.txt"]);
});
