import { access, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { createRenderPool } from "../../../src/flows/renderer/pool.js";
import { emptyFolder } from "../../process/service-process.js";

test("no thread is ended while it loads, which aborts the process on Node.js 20", async () => {
  const folder = await emptyFolder();
  const [worker, mark] = ["worker.mjs", "loaded"].map((name) => path.join(folder, name));
  const module = `
    import { writeFileSync } from "node:fs";
    await new Promise((resolve) => setTimeout(resolve, 500));
    writeFileSync(${JSON.stringify(mark)}, "");
    export default () => {};`;
  await writeFile(worker ?? "", module);
  const pool = createRenderPool({
    worker: pathToFileURL(worker ?? ""),
    threads: 1,
    timeoutSeconds: 10,
  });
  await pool.close();
  await expect(access(mark ?? "")).resolves.toBeUndefined();
});
