/** Secrets that a test made, and the search for them in everything that was written. */
import { createPrivateKey } from "node:crypto";

/** What something was written into, by a name for people. */
export interface Written {
  readonly where: string;
  readonly bytes: Uint8Array;
}

interface Needle {
  readonly secret: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** A shorter form would be found by chance. */
const MIN_NEEDLE_BYTES = 8;

/** Secrets by name, each in every form in which something may write it. */
export class Secrets {
  readonly #needles = new Map<string, Needle>();

  /** A password, token or other text. */
  add(secret: string, text: string): string {
    this.#addBytes(secret, Buffer.from(text, "utf8"));
    this.#needle(secret, "URL", Buffer.from(encodeURIComponent(text)));
    this.#needle(secret, "JSON", Buffer.from(JSON.stringify(text).slice(1, -1)));
    return text;
  }

  /** Every line of a text with several, and the text itself. */
  addLines(secret: string, text: string): void {
    for (const line of text.split("\n")) {
      const isPart = !line.startsWith("-----") && line.length >= MIN_NEEDLE_BYTES;
      if (isPart) this.#needle(secret, "line", Buffer.from(line));
    }
    this.add(secret, text);
  }

  /** A private key in PEM: the secret number alone too. */
  addKey(secret: string, pem: string): void {
    const jwk = createPrivateKey(pem).export({ format: "jwk" });
    this.#addBytes(`${secret} (d)`, Buffer.from(String(jwk.d), "base64url"));
    this.#addBytes(secret, Buffer.from(pem.replace(/-----[^\n]*\n?|\n/g, ""), "base64"));
    this.addLines(secret, secretLines(pem, Buffer.from(String(jwk.d), "base64url")));
  }

  /** Bytes that nothing shows as text. */
  addBytes(secret: string, bytes: Uint8Array): void {
    this.#addBytes(secret, Buffer.from(bytes));
  }

  get size(): number {
    return new Set([...this.#needles.values()].map(({ secret }) => secret)).size;
  }

  /** What of it is in `written`: `SECRET as FORM in WHERE`, each once. */
  find(written: Iterable<Written>): string[] {
    const index = new PrefixIndex([...this.#needles.values()]);
    const found = new Set<string>();
    for (const { where, bytes } of written) {
      for (const { secret, form } of index.within(bytes)) {
        found.add(`${secret} as ${form} in ${where}`);
      }
    }
    return [...found].sort();
  }

  #addBytes(secret: string, bytes: Buffer): void {
    this.#needle(secret, "plain", bytes);
    this.#needle(secret, "hex", Buffer.from(bytes.toString("hex")));
    this.#needle(secret, "HEX", Buffer.from(bytes.toString("hex").toUpperCase()));
    // In base64 of a longer text the secret begins at any of three places in a group of characters.
    for (const lead of [0, 1, 2]) {
      const end = lead + bytes.length;
      const whole = Buffer.concat([Buffer.alloc(lead), bytes]).toString("base64");
      const inner = whole.slice(Math.ceil((lead * 8) / 6), Math.floor((end * 8) / 6));
      this.#needle(secret, "base64", Buffer.from(inner));
      const url = inner.replaceAll("+", "-").replaceAll("/", "_");
      this.#needle(secret, "base64url", Buffer.from(url));
      this.#needle(secret, "base64 in a URL", Buffer.from(encodeURIComponent(inner)));
    }
  }

  #needle(secret: string, form: string, bytes: Buffer): void {
    if (bytes.length < MIN_NEEDLE_BYTES) return;
    const key = bytes.toString("latin1");
    if (!this.#needles.has(key)) this.#needles.set(key, { secret, form, bytes });
  }
}

/** The lines of a PEM that hold any of the secret number; the others are the same for every key. */
function secretLines(pem: string, d: Buffer): string {
  const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  const der = Buffer.from(lines.join(""), "base64");
  const start = der.indexOf(d);
  const lineBytes = ((lines[0]?.length ?? 64) * 6) / 8;
  return lines
    .filter((_, i) => i * lineBytes < start + d.length && (i + 1) * lineBytes > start)
    .join("\n");
}

/** Finds many texts in one pass, by their first three bytes. */
class PrefixIndex {
  readonly #known = new Uint8Array(1 << 24);
  readonly #byPrefix = new Map<number, Needle[]>();

  constructor(needles: readonly Needle[]) {
    for (const needle of needles) {
      const prefix = needle.bytes.readUIntLE(0, 3);
      this.#known[prefix] = 1;
      this.#byPrefix.set(prefix, [...(this.#byPrefix.get(prefix) ?? []), needle]);
    }
  }

  within(written: Uint8Array): Set<Needle> {
    const bytes = Buffer.from(written.buffer, written.byteOffset, written.byteLength);
    const found = new Set<Needle>();
    for (let i = 0; i + 2 < bytes.length; i++) {
      const prefix = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16);
      if (this.#known[prefix] === 0) continue;
      for (const needle of this.#byPrefix.get(prefix) ?? []) {
        const end = i + needle.bytes.length;
        if (
          end <= bytes.length &&
          bytes.compare(needle.bytes, 0, needle.bytes.length, i, end) === 0
        ) {
          found.add(needle);
        }
      }
    }
    return found;
  }
}
