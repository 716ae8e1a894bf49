/** The keys that the settings name: files of KEYS_DIR, and commands for those kept elsewhere. */
import type { Config } from "./config.js";
import { externalSigner, type SignerFailure } from "./external-signer.js";
import { type ExternalKey, type KeyRing, type RotatedKey, readKeys } from "./keys.js";

/** @throws {KeysError} keys_missing, keys_invalid */
export function readConfiguredKeys(config: Config): Promise<KeyRing> {
  return readKeys(config.keysDir, {
    root: externalKey(config, "root"),
    release: externalKey(config, "release"),
  });
}

/** Makes the signer of a key that is kept elsewhere; undefined for one that lies in KEYS_DIR. */
export function externalKey(config: Config, name: RotatedKey): ExternalKey | undefined {
  const commands = {
    root: config.rootSigner,
    release: config.releaseSigner,
    checkpoint: undefined,
  };
  const command = commands[name];
  return command && ((publicKey) => externalSigner({ name, publicKey, command, report: warn }));
}

/** For whoever runs the process: no answer tells it. */
function warn({ signer, reason, exitCode, said }: SignerFailure): void {
  const code = exitCode === undefined ? "" : ` with exit code ${exitCode}`;
  const text = said === undefined ? "" : `: ${said}`;
  process.stderr.write(
    `backbar: warning: the signer of the ${signer} key: ${reason}${code}${text}\n`,
  );
}
