#!/usr/bin/env node
/** `backbar`: exits 0, 1 on failure, 2 on wrong usage. */
import { thisMachine } from "./frame/machine.js";
import { runProgram } from "./program.js";

// Whoever reads may stop early, as head does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await runProgram(process.argv.slice(2), thisMachine());
