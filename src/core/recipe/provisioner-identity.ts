/** What a provisioner serves, as a key: by it, many are compared without walking over all for each. */
import type { Provisioner } from "./provisioner.js";

export type ProvisionerIdentity = Pick<Provisioner, "type" | "class" | "id">;

/** The same for provisioners of one type, class and id. */
export function identityKey({ type, class: className, id }: ProvisionerIdentity): string {
  return keyOf(type, className, id);
}

/** The keys of those that match all that a provisioner matches: its own first, then wider ones. */
export function coveringKeys({ type, class: className, id }: ProvisionerIdentity): string[] {
  const wider = [keyOf(type, className), keyOf(type, undefined, id), keyOf(type)];
  return [...new Set([keyOf(type, className, id), ...wider])];
}

function keyOf(type: string, className?: string, id?: string): string {
  return JSON.stringify([type, className ?? null, id ?? null]);
}
