/**
 * Which provisioner serves a resource: the first in order whose `type` is equal and whose `class`
 * and `id`, where set, are equal too (Score's rule). The answer explains itself.
 */
import { nameDistance } from "./edit-distance.js";
import type { Provisioner } from "./provisioner.js";

export interface ResourceKey {
  readonly type: string;
  readonly class: string;
  readonly id: string;
}

export type PassedOver = "type" | "class" | "id" | "shadowed";

export interface Candidate<P extends Provisioner = Provisioner> {
  readonly provisioner: P;
  /** Undefined for the one that serves; `shadowed`: it would match, an earlier one does. */
  readonly reason?: PassedOver;
}

export interface Match<P extends Provisioner = Provisioner> {
  readonly match?: P;
  /** Every provisioner in order, with why it does not serve. */
  readonly candidates: readonly Candidate<P>[];
  /** Only without a match: those that come closest, best first, at most five. */
  readonly nearest: readonly P[];
}

/** The provisioner for `resource`, and why it is that one. */
export function matchProvisioner<P extends Provisioner>(
  provisioners: readonly P[],
  resource: ResourceKey,
): Match<P> {
  let match: P | undefined;
  const candidates = provisioners.map((provisioner): Candidate<P> => {
    const reason = mismatch(provisioner, resource);
    if (reason !== undefined) return { provisioner, reason };
    if (match !== undefined) return { provisioner, reason: "shadowed" };
    match = provisioner;
    return { provisioner };
  });
  if (match !== undefined) return { match, candidates, nearest: [] };
  return { candidates, nearest: nearestOf(provisioners, resource) };
}

/** The first provisioner that serves `resource`, without the explanation. */
export function findProvisioner<P extends Provisioner>(
  provisioners: readonly P[],
  resource: ResourceKey,
): P | undefined {
  return provisioners.find((provisioner) => mismatch(provisioner, resource) === undefined);
}

function mismatch(
  provisioner: Provisioner,
  resource: ResourceKey,
): "type" | "class" | "id" | undefined {
  if (provisioner.type !== resource.type) return "type";
  if (provisioner.class !== undefined && provisioner.class !== resource.class) return "class";
  if (provisioner.id !== undefined && provisioner.id !== resource.id) return "id";
  return undefined;
}

const MAX_NEAREST = 5;

function nearestOf<P extends Provisioner>(provisioners: readonly P[], resource: ResourceKey): P[] {
  const ranked: { provisioner: P; rank: number }[] = [];
  for (const provisioner of provisioners) {
    const rank = rankOf(provisioner, resource);
    if (rank !== undefined) ranked.push({ provisioner, rank });
  }
  // Sorting is stable: among equals, the order of precedence stays.
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, MAX_NEAREST).map(({ provisioner }) => provisioner);
}

/** 0: only the id differs; 1: the class differs; 2 and up: the type is similar; undefined: unlike. */
function rankOf(provisioner: Provisioner, resource: ResourceKey): number | undefined {
  if (provisioner.type === resource.type) {
    return provisioner.class === undefined || provisioner.class === resource.class ? 0 : 1;
  }
  const distance = nameDistance(provisioner.type, resource.type);
  if (distance !== undefined) return 2 + distance;
  const mine = provisioner.type.toLowerCase();
  const wanted = resource.type.toLowerCase();
  if (wanted.length >= 3 && (mine.includes(wanted) || (mine.length >= 3 && wanted.includes(mine))))
    return 50;
  return undefined;
}
