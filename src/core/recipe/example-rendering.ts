/**
 * What an example of a version rendered for one target when it was published, and its stored form:
 *
 *     { "document": "…", "files": [{ "path": "…", "mode": "0644", "text": "…" }], "emptyDirectories": [] }
 *
 * A file that is no text has `base64` (RFC 4648 §4, padded) in place of `text`.
 */
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { decodeUtf8 } from "../codec/utf8.js";
import { RecipeError } from "./error.js";
import { parseCanonicalJson, StrictObject } from "./strict-json.js";
import { readStrictJson } from "./strict-yaml.js";

export interface ExampleRendering {
  /** The Compose file, or all manifests, as YAML text. */
  readonly document: string;
  /** compose: below the mounts directory, by path. */
  readonly files: readonly ExampleFile[];
  readonly emptyDirectories: readonly string[];
}

export interface ExampleFile {
  readonly path: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/** Longer than any rendering that the render's budgets let through. */
const MAX_TEXT = 256 * 1024 * 1024;
const MAX_ITEMS = 1_000_000;

/** The stored form: canonical JSON. */
export function formatExampleRendering(rendering: ExampleRendering): Uint8Array {
  const { document, files, emptyDirectories } = rendering;
  return canonicalJsonBytes({
    document: wellFormed(document),
    files: files.map(({ path, mode, content }) => ({
      path: wellFormed(path),
      mode: mode.toString(8).padStart(4, "0"),
      ...formatContent(content),
    })),
    emptyDirectories: emptyDirectories.map(wellFormed),
  });
}

/**
 * Reads the stored form.
 * @throws {RecipeError} recipe_example
 */
export function parseExampleRendering(bytes: Uint8Array): ExampleRendering {
  const source = { file: "the rendering", code: "recipe_example" } as const;
  const parsed = parseCanonicalJson(bytes);
  if ("fault" in parsed) throw new RecipeError(source.code, `the rendering is ${parsed.fault}`);
  return readStrictJson(parsed.value, source, (value, problems) => {
    const fields = new StrictObject(value, [], problems);
    const rendering = {
      document: fields.text("document", { maxLength: MAX_TEXT }),
      files: fields.objects("files", MAX_ITEMS).map(readFile),
      emptyDirectories: fields.texts("emptyDirectories", MAX_ITEMS, { maxLength: MAX_TEXT }),
    };
    fields.done();
    return rendering;
  });
}

function readFile(fields: StrictObject): ExampleFile {
  const mode = fields.text("mode", {
    refuse: (text) => (/^[0-7]{4}$/.test(text) ? undefined : "must be four octal digits"),
  });
  const file = {
    path: fields.text("path", { maxLength: MAX_TEXT }),
    mode: Number.parseInt(mode || "0", 8),
    content: readContent(fields),
  };
  fields.done();
  return file;
}

function formatContent(content: Uint8Array): { [key: string]: JsonValue } {
  const text = asText(content);
  return text === undefined ? { base64: Buffer.from(content).toString("base64") } : { text };
}

function readContent(fields: StrictObject): Uint8Array {
  const text = fields.optionalText("text", { maxLength: MAX_TEXT });
  if (text !== undefined) return new TextEncoder().encode(text);
  return new Uint8Array(Buffer.from(fields.text("base64", { maxLength: MAX_TEXT }), "base64"));
}

/** Bytes that are no UTF-8 come as lone surrogates, which JSON cannot say. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Undefined for what is no text; U+0000 is in none. */
function asText(content: Uint8Array): string | undefined {
  return content.includes(0) ? undefined : decodeUtf8(content);
}
