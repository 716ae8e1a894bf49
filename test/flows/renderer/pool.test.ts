import { access, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { RenderJob } from "../../../src/flows/renderer/job.js";
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

test("ends though a thread was begun while others worked, in the place of one that took too long", async () => {
  const file = path.join(await emptyFolder(), "worker.mjs");
  // Of the thread itself: `Atomics.wait` ends with it alone.
  await writeFile(
    file,
    `export default ({ ms }) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      return { outcome: ms };
    };`,
  );
  const pool = createRenderPool({ worker: pathToFileURL(file), threads: 2, timeoutSeconds: 3 });
  const work = (ms: number) => pool.render({ ms, served: { key: "" } } as unknown as RenderJob);
  await Promise.all([work(1), work(1)]);
  const stuck = expect(work(60_000)).rejects.toMatchObject({ code: "render_timeout" });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  // The first is done after the stuck one's thread is ended: two wait for its thread then.
  await Promise.allSettled([work(2000), work(10), work(10)]);
  await stuck;
  await new Promise((resolve) => setTimeout(resolve, 500));
  await work(1);
  await pool.close();
});
