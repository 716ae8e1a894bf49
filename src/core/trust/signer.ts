/**
 * A signer: a public key, and whoever can sign with its private half. That half lies in this
 * process, or outside of it (`src/external-signer.ts`); what is signed is put together the same way.
 */
import { type PrivateKey, type PublicKey, signMessage } from "./keys.js";

export interface Signer {
  readonly publicKey: PublicKey;
  /**
   * The signature over `message`: ASN.1 DER for ES256, 64 bytes for Ed25519.
   * @throws {BackbarError} signer_unavailable where the private half is out of reach
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Signs with a key that this process holds. */
export function localSigner(key: PrivateKey): Signer {
  return {
    publicKey: key.publicKey,
    sign: async (message) => signMessage(key, message),
  };
}
