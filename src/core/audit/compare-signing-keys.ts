/** The registry's own keys in its key set, each with its dates, held against the log. */
import type { DatedKey } from "../trust/dated-key.js";
import { type Comparison, isSameTime } from "./comparison.js";
import type { Finding } from "./finding.js";
import type { Logged, LoggedSigningKey } from "./log-state.js";

type Keys = ReadonlyMap<string, Logged<LoggedSigningKey>>;

export function compareSigningKeys({ state, keySet, root }: Comparison): Finding[] {
  const logged = (purpose: string): Keys => state.signingKeys.get(purpose) ?? new Map();
  return [
    ...compareKeys("release", keySet.release, logged("release")),
    ...compareKeys("checkpoint", keySet.checkpoint, logged("checkpoint")),
    ...compareRoot(root.fingerprint, logged("root")),
  ];
}

function compareKeys(purpose: string, keys: readonly DatedKey[], logged: Keys): Finding[] {
  const listed = new Set(keys.map(({ publicKey }) => publicKey.fingerprint));
  const hidden = [...logged].flatMap(([fingerprint, { leaf }]): Finding[] => {
    if (listed.has(fingerprint)) return [];
    const message = `leaf ${leaf} tells of the ${purpose} key ${fingerprint}; the key set lacks it`;
    return [{ code: "audit_key_hidden", message, leaf }];
  });
  // A key that never changed was there before the log.
  const first = logged.size === 0 ? firstOf(keys) : undefined;
  return [
    ...hidden,
    ...keys.flatMap((key) => {
      const isFirst = key.publicKey.fingerprint === first;
      return compareKey(purpose, key, logged.get(key.publicKey.fingerprint), isFirst);
    }),
  ];
}

function compareKey(
  purpose: string,
  { publicKey: { fingerprint }, until, revoked }: DatedKey,
  logged: Logged<LoggedSigningKey> | undefined,
  isFirst: boolean,
): Finding[] {
  const code = "audit_key_unlogged";
  if (logged === undefined && !isFirst) {
    const message = `the key set lists ${fingerprint} as a ${purpose} key; no leaf says so`;
    return [{ code, message }];
  }
  const { value = {}, leaf } = logged ?? {};
  if (isSameTime(until, value.until) && isSameTime(revoked?.at, value.revokedAt)) return [];
  const message = `the ${purpose} key ${fingerprint} is ${datesOf(until, revoked?.at)} by the key set, and ${datesOf(value.until, value.revokedAt)} by the log`;
  return [{ code, message, ...(leaf === undefined ? {} : { leaf }) }];
}

/** Whoever follows roots by what both signed finds here whether the log was told. */
function compareRoot(root: string, logged: Keys): Finding[] {
  const current = [...logged].findLast(([, { value }]) => value.until === undefined);
  if (current === undefined || current[0] === root) return [];
  const message = `the root key is ${root}; by leaf ${current[1].leaf} it is ${current[0]}`;
  return [{ code: "audit_key_unlogged", message }];
}

function firstOf(keys: readonly DatedKey[]): string | undefined {
  const [first] = [...keys].sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
  return first?.publicKey.fingerprint;
}

function datesOf(until: string | undefined, revokedAt: string | undefined): string {
  const parts = [
    ...(until === undefined ? [] : [`replaced, and held until ${until}`]),
    ...(revokedAt === undefined ? [] : [`revoked since ${revokedAt}`]),
  ];
  return parts.length === 0 ? "in use" : parts.join(", ");
}
