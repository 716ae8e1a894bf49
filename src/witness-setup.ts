/** The service's part in witnessing, from its settings: whom it asks, and what it is for others. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Config } from "./config.js";
import { readBytes } from "./core/codec/read-bytes.js";
import { formatPrivateKey, makePrivateKey, parsePrivateKey } from "./core/trust/keys.js";
import { localSigner } from "./core/trust/signer.js";
import type { OwnWitness } from "./flows/witness.js";
import type { KnownWitness, WitnessReply } from "./flows/witnesses.js";
import { KeysError, writeSecret } from "./keys.js";
import { readWitnesses, readWitnessLogs } from "./witness-files.js";

/** For each request. */
const DEADLINE_MS = 5_000;
const MAX_ANSWER_BYTES = 16 * 1024;

/** @throws {WitnessFilesError} server_witnesses */
export async function makeWitnesses({ witnessesFile }: Config): Promise<KnownWitness[]> {
  if (witnessesFile === undefined) return [];
  const named = await readWitnesses(witnessesFile);
  return named.map(({ key, url }) => ({
    key,
    ask: (body) => post(`${url}/add-checkpoint`, body),
    outcomes: new Map(),
  }));
}

/**
 * Undefined where no logs are to be witnessed. A key that is not there is made.
 * @throws {WitnessFilesError} server_witnesses
 * @throws {KeysError} keys_invalid, keys_write
 */
export async function makeOwnWitness(config: Config): Promise<OwnWitness | undefined> {
  const { witnessLogsFile, witnessName, keysDir } = config;
  if (witnessLogsFile === undefined || witnessName === undefined) return undefined;
  const logs = await readWitnessLogs(witnessLogsFile);
  const file = path.join(keysDir, "witness.pem");
  const made = makePrivateKey("Ed25519", new Uint8Array(randomBytes(32)));
  await writeSecret(file, formatPrivateKey(made));
  const key = parsePrivateKey(await readFile(file, "utf8"));
  if (key.publicKey.algorithm !== "Ed25519") {
    throw new KeysError("keys_invalid", `${file}: the witness key has to be for Ed25519`);
  }
  return { name: witnessName, signer: localSigner(key), logs };
}

/** Rejects after the deadline, and for answers that are too long. */
export async function post(url: string, body: string): Promise<WitnessReply> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8" },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const bytes = await readBytes(answer.body, MAX_ANSWER_BYTES);
  if (bytes === undefined) throw new TypeError("the answer is too long");
  return { status: answer.status, body: Buffer.from(bytes).toString("utf8") };
}
