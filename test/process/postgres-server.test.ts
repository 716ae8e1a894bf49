import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

test("a process that has run a server ends with the code that it has set", async () => {
  const script = `
    const { startPostgres } = await import("./test/helpers/postgres-server.ts");
    await (await startPostgres()).stop();
    process.exitCode = 3;
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([3, null]);
});
