/** The documents by which a registry says whom to trust, as it sends them: for evidence. */
import type { TrustEvidence } from "../core/audit/evidence.js";
import { membersOf } from "../core/codec/members.js";
import type { SignedRootStep } from "../core/trust/root-chain.js";
import type { BackbarClient } from "./client.js";
import { ClientError } from "./error.js";

export async function readTrustDocuments(
  client: BackbarClient,
): Promise<Omit<TrustEvidence, "checkpoint">> {
  const discovery = membersOf(await client.getJson("/.well-known/backbar.json"));
  const root = membersOf(discovery.get("root")).get("publicKey");
  const keySet = discovery.get("keySet");
  if (typeof root === "string" && typeof keySet === "string") {
    return { root, rootChain: stepsOf(discovery.get("rootChain")), keySet };
  }
  throw new ClientError("client_answer", "the server's answer lacks its root key or key set");
}

/** What is no step leads nowhere, and is left out. */
function stepsOf(chain: unknown): SignedRootStep[] {
  const steps = Array.isArray(chain) ? chain : [];
  return steps.flatMap((step) => {
    const { byOld, byNew } = Object.fromEntries(membersOf(step));
    return typeof byOld === "string" && typeof byNew === "string" ? [{ byOld, byNew }] : [];
  });
}
