/** PEM blocks (RFC 7468, with the headers of RFC 1421) as Go's encoding/pem reads and writes them. */
import { Buffer } from "node:buffer";
import { base64Bytes } from "./encoding.js";

export interface PemBlock {
  /** Between BEGIN and the dashes: `CERTIFICATE`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BEGIN = "-----BEGIN ";
const END = "-----END ";
const DASHES = "-----";

/** The first well-formed block; what stands before it and broken blocks are passed over. */
export function decodePem(text: string): PemBlock | undefined {
  const lines = text.split("\n").map((line) => withoutBlanks(line.replace(/\r$/, "")));
  let begin: { type: string; line: number } | undefined;
  for (const [number, line] of lines.entries()) {
    if (line.startsWith(BEGIN)) {
      begin = line.endsWith(DASHES)
        ? { type: line.slice(BEGIN.length, -DASHES.length), line: number }
        : undefined;
    } else if (line.startsWith(END)) {
      const closes = begin !== undefined && line === END + begin.type + DASHES;
      const bytes = closes ? bodyBytes(lines.slice((begin?.line ?? 0) + 1, number)) : undefined;
      if (begin !== undefined && bytes !== undefined) return { type: begin.type, bytes };
      begin = undefined;
    }
  }
  return undefined;
}

/** Without spaces and tabs at its end; a regular expression would take quadratic time. */
function withoutBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === " " || line[end - 1] === "\t") end--;
  return line.slice(0, end);
}

function bodyBytes(lines: readonly string[]): Uint8Array | undefined {
  const first = lines.findIndex((line) => !line.includes(":"));
  const body = first === -1 ? [] : lines.slice(first);
  return base64Bytes(body.join("").replace(/[ \t]/g, ""));
}

const LINE_LENGTH = 64;

export function encodePem(type: string, bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString("base64");
  const lines = digits.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return [BEGIN + type + DASHES, ...lines, END + type + DASHES, ""].join("\n");
}
