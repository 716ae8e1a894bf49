/** The keys that the settings name: files of KEYS_DIR, and commands for those kept elsewhere. */
import type { Config } from "./config.js";
import { externalSigner, type SignerFailure } from "./external-signer.js";
import { type ExternalKey, type KeyRing, readKeys } from "./keys.js";

/** @throws {KeysError} keys_missing, keys_invalid */
export function readConfiguredKeys(config: Config): Promise<KeyRing> {
  const external = (
    name: string,
    command: readonly string[] | undefined,
  ): ExternalKey | undefined =>
    command && ((publicKey) => externalSigner({ name, publicKey, command, report: warn }));
  return readKeys(config.keysDir, {
    root: external("root", config.rootSigner),
    release: external("release", config.releaseSigner),
  });
}

/** For whoever runs the process: no answer tells it. */
function warn({ signer, reason, exitCode, said }: SignerFailure): void {
  const code = exitCode === undefined ? "" : ` with exit code ${exitCode}`;
  const text = said === undefined ? "" : `: ${said}`;
  process.stderr.write(
    `backbar: warning: the signer of the ${signer} key: ${reason}${code}${text}\n`,
  );
}
