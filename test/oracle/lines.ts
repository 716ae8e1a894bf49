/** Lines as `\n` ends them; `readline` would also end them at U+2028, which JSON leaves in texts. */
import type { Readable } from "node:stream";

/** Calls `take` with each whole line. */
export function onLines(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
