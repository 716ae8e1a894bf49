/**
 * Keys of the publisher who runs the command: `keys/NAME.pem` in the configuration folder, mode 0600,
 * and whichever other files a command line names.
 */
import { randomBytes } from "node:crypto";
import { constants, copyFile, link, mkdir, open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import {
  formatPrivateKey,
  makePrivateKey,
  type PrivateKey,
  type PublicKey,
  parsePrivateKey,
  parsePublicKey,
} from "../../core/trust/keys.js";
import { BackbarError } from "../../errors.js";
import { decodeFile, fileError, isFileFault, readIfThere } from "../files/read-file.js";
import { configFolder } from "../frame/config-folder.js";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import type { Machine } from "../frame/machine.js";
import { UsageError } from "../frame/usage.js";

/** The key that commands take where none is named. */
export const DEFAULT_KEY = "default";

/** A key in the configuration folder. */
export interface OwnKey {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly publicKey: PublicKey;
}

const SUFFIX = ".pem";
const MAX_KEY_BYTES = 16 * 1024;
const SEED_BYTES = 32;

/**
 * Makes a P-256 key under `name`, which nothing has yet.
 * @throws {UsageError} for no name; {CliError} cli_key_exists, cli_file
 */
export async function makeOwnKey(machine: Machine, name: string): Promise<OwnKey> {
  if (!isName(name)) {
    throw new UsageError(`'${name}' is no name for a key`, "up to 63 letters, digits, - and _");
  }
  const key = makePrivateKey("ES256", machine.host.randomBytes(SEED_BYTES));
  const file = fileOf(machine, name);
  await holdInterrupts(() => writeNew(file, formatPrivateKey(key)));
  return { name, file, publicKey: key.publicKey };
}

/** The keys of the configuration folder, and why files there are none. */
export interface OwnKeys {
  /** By name. */
  readonly keys: readonly OwnKey[];
  readonly faults: readonly BackbarError[];
}

/** @throws {CliError} cli_file where the folder cannot be read */
export async function listOwnKeys(machine: Machine): Promise<OwnKeys> {
  const files = await readdir(folderOf(machine)).catch((error: unknown) => {
    if (isFileFault(error, "ENOENT", "ENOTDIR")) return [];
    throw fileError(`${folderOf(machine)} cannot be read`, error);
  });
  const keys: OwnKey[] = [];
  const faults: BackbarError[] = [];
  for (const base of files.sort()) {
    const name = base.slice(0, -SUFFIX.length);
    if (!base.endsWith(SUFFIX) || !isName(name)) continue;
    const file = fileOf(machine, name);
    try {
      keys.push({ name, file, publicKey: parseAny(await readKeyFile(file, file), file) });
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      faults.push(error);
    }
  }
  return { keys, faults };
}

/**
 * The keys to sign with: those `given` as files or names of own keys, or else BACKBAR_KEY, or else
 * the own default; each once.
 * @throws {UsageError} where there is none; {CliError} cli_key, cli_file
 */
export async function readSigningKeys(
  machine: Machine,
  given: readonly string[],
): Promise<PrivateKey[]> {
  const keys = new Map<string, PrivateKey>();
  for (const { text, title } of await chooseTexts(machine, given)) {
    const key = parse(title, () => parsePrivateKey(text));
    keys.set(key.publicKey.fingerprint, key);
  }
  return [...keys.values()];
}

/**
 * The public half of a key: a file of either half, the name of an own key, or, where none is given,
 * that of the key to sign with.
 * @throws {UsageError} where there is none; {CliError} cli_key, cli_file
 */
export async function readPublicHalf(
  machine: Machine,
  given: string | undefined,
): Promise<PublicKey> {
  const [found] = await chooseTexts(machine, given === undefined ? [] : [given]);
  if (found === undefined) throw new TypeError("a key or an error is found");
  return parseAny(found.text, found.title);
}

interface KeyText {
  readonly text: string;
  /** What messages call the file. */
  readonly title: string;
}

async function chooseTexts(machine: Machine, given: readonly string[]): Promise<KeyText[]> {
  if (given.length > 0) return Promise.all(given.map((one) => readGiven(machine, one)));
  const named = machine.env("BACKBAR_KEY") ?? "";
  if (named !== "") return [await readGiven(machine, named)];
  const file = fileOf(machine, DEFAULT_KEY);
  const bytes = await readIfThere(file, file, MAX_KEY_BYTES);
  if (bytes !== undefined) return [{ text: decodeFile(bytes, file), title: file }];
  throw new UsageError(
    "you have no publisher key",
    "backbar keys new makes one; --key or BACKBAR_KEY names another",
  );
}

/** A name is that of an own key, where there is one; `./NAME` is always a file. */
async function readGiven(machine: Machine, given: string): Promise<KeyText> {
  if (isName(given)) {
    const own = fileOf(machine, given);
    const bytes = await readIfThere(own, own, MAX_KEY_BYTES);
    if (bytes !== undefined) return { text: decodeFile(bytes, own), title: own };
  }
  return { text: await readKeyFile(path.resolve(machine.folder, given), given), title: given };
}

async function readKeyFile(file: string, title: string): Promise<string> {
  const bytes = await readIfThere(file, title, MAX_KEY_BYTES);
  if (bytes !== undefined) return decodeFile(bytes, title);
  throw new UsageError(`there is no key ${title}`, "backbar keys list shows your own");
}

/** The public half of a key of either kind. */
function parseAny(text: string, title: string): PublicKey {
  const isPrivate = /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text.trimStart());
  return parse(title, () => (isPrivate ? parsePrivateKey(text).publicKey : parsePublicKey(text)));
}

function parse<T>(title: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    const hint = error.hint ?? "PEM without a passphrase is read, as backbar keys new makes it";
    const details = { place: { file: title }, hint, cause: error };
    throw new CliError("cli_key", `${title} cannot be used: ${error.message}`, details);
  }
}

/** The key appears whole, and over no other. */
async function writeNew(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.backbar-${randomBytes(8).toString("hex")}.tmp`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await appear(temporary, file);
  } catch (cause) {
    if (!isFileFault(cause, "EEXIST")) throw fileError(`${file} cannot be written`, cause);
    throw new CliError("cli_key_exists", `${file} is there already`, {
      place: { file },
      hint: "keys are never overwritten: choose another name",
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function appear(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    // Some file systems have no links.
    if (!isFileFault(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) throw error;
    await copyFile(temporary, file, constants.COPYFILE_EXCL);
  }
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text);
}

function fileOf(machine: Machine, name: string): string {
  return path.join(folderOf(machine), name + SUFFIX);
}

function folderOf(machine: Machine): string {
  return path.join(configFolder(machine), "keys");
}
