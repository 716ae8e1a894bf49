/**
 * `backbar-server keys`: the registry's own keys, replaced and revoked by who runs the service, with
 * its settings. Beside a running service where that uses a Postgres server; with the embedded
 * database the service is stopped for it.
 */
import { parseArgs } from "node:util";
import type { Config } from "./config.js";
import { externalKey, readConfiguredKeys } from "./configured-keys.js";
import { refuseTime } from "./core/recipe/release-document.js";
import { BackbarError } from "./errors.js";
import { Freshness } from "./flows/freshness.js";
import { listKeysInUse, settleIdentity } from "./flows/identity.js";
import type { Registry } from "./flows/registry.js";
import { defaultUntil, revokeKey, rotateKey, rotateRoot } from "./flows/rotate-key.js";
import { adoptNextKeys, ROTATED_KEYS, type RotatedKey, readNextKey } from "./keys.js";
import { openRegistry, openStore } from "./open-registry.js";
import { listSigningKeys } from "./store/signing-keys.js";

const USAGE = `backbar-server keys list
backbar-server keys rotate release|checkpoint [--until TIME]
backbar-server keys rotate root
backbar-server keys revoke release|checkpoint FINGERPRINT --reason TEXT [--since TIME]
`;

class UsageFault extends BackbarError<"keys_usage"> {
  override readonly name = "UsageFault";
}

/**
 * Does what `args` say; returns what to show.
 * @throws {UsageFault} keys_usage; {FlowError} signing_key_*, registry_keys; {KeysError}; {StoreError}
 */
export async function runKeysCommand(args: readonly string[], config: Config): Promise<string> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) return `usage:\n${USAGE}`;
  const { positionals, values } = readArguments(args);
  const [verb, name, fingerprint, ...more] = positionals;
  const known = more.length === 0 ? verb : undefined;
  if (known === "list" && name === undefined) return withRegistry(config, list);
  const key = ROTATED_KEYS.find((one) => one === name);
  if (known === "rotate" && key !== undefined && fingerprint === undefined) {
    const until = timeOf("--until", values.until);
    return withRegistry(config, (registry) => rotate(registry, config, key, until));
  }
  if (known === "revoke" && (key === "release" || key === "checkpoint") && fingerprint) {
    const { reason } = values;
    if (reason === undefined || reason.trim() === "") throw usage("--reason says why");
    const revocation = { purpose: key, fingerprint, reason, at: timeOf("--since", values.since) };
    return withRegistry(config, async (registry) => {
      await revokeKey(registry, revocation);
      return `revoked the ${key} key ${fingerprint}\n${await list(registry)}`;
    });
  }
  throw usage(args.length === 0 ? "no command is named" : `no command is '${args.join(" ")}'`);
}

async function list({ db }: Registry): Promise<string> {
  const rows = (await listSigningKeys(db)).toSorted(
    (a, b) => ROTATED_KEYS.indexOf(a.purpose) - ROTATED_KEYS.indexOf(b.purpose),
  );
  const lines = rows.map(({ purpose, fingerprint, since, until, revokedAt, revokedReason }) => {
    const end =
      revokedAt !== null
        ? `revoked since ${revokedAt.toISOString()}: ${revokedReason}`
        : until === null
          ? "in use"
          : `replaced, accepted until ${until.toISOString()}`;
    return `${purpose.padEnd(10)} ${fingerprint} since ${since.toISOString()} ${end}\n`;
  });
  return lines.join("");
}

async function rotate(
  registry: Registry,
  config: Config,
  name: RotatedKey,
  until: Date | undefined,
): Promise<string> {
  if (name === "root" && until !== undefined) throw usage("a root key has no overlap");
  const next = await readNextKey(config.keysDir, name, externalKey(config, name));
  if (name === "root") await rotateRoot(registry, next);
  else await rotateKey(registry, name, next, until ?? defaultUntil(registry));
  await adoptNextKeys(config.keysDir, (one, fingerprint) => {
    return one === name && fingerprint === next.publicKey.fingerprint;
  });
  return [
    `the ${name} key is now ${next.publicKey.fingerprint}\n`,
    `restart every process of the service with it, then delete ${name}.replaced.pem\n`,
    name === "root"
      ? "clients that pinned the former one follow; set BACKBAR_ROOT in CI by hand\n"
      : "",
    await list(registry),
  ].join("");
}

/** The service without its edges: nothing is served, nothing rendered. */
async function withRegistry(
  config: Config,
  work: (registry: Registry) => Promise<string>,
): Promise<string> {
  const store = await openStore(config);
  const freshness = new Freshness(store);
  try {
    const inUse = await listKeysInUse(store.db);
    // What an earlier run was interrupted in.
    await adoptNextKeys(config.keysDir, (name, fingerprint) => inUse.get(name) === fingerprint);
    const registry = await openRegistry(config, {
      ...{ db: store.db, freshness, keys: await readConfiguredKeys(config) },
      ...{ renderer: NO_RENDERER, witnesses: [], witness: undefined },
    });
    await settleIdentity(registry);
    return await work(registry);
  } finally {
    await freshness.close();
    await store.close();
  }
}

const NO_RENDERER: Registry["renderer"] = {
  render: () => Promise.reject(new TypeError("nothing is rendered here")),
  renderExample: () => Promise.reject(new TypeError("nothing is rendered here")),
  close: async () => {},
};

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        until: { type: "string" },
        since: { type: "string" },
        reason: { type: "string" },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function timeOf(flag: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const reason = refuseTime(text);
  if (reason !== undefined) throw usage(`${flag}: '${text}' ${reason}`);
  return new Date(text);
}

function usage(message: string): UsageFault {
  return new UsageFault("keys_usage", message, { hint: `usage:\n${USAGE.trimEnd()}` });
}
