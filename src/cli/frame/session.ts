/** One run of a command: where it runs, what it shows, and whom it speaks to. */

import type { RegistryTrust } from "../../client/catalog.js";
import type { BackbarClient } from "../../client/client.js";
import type { TransportOptions } from "../../client/transport.js";
import { readSeen, replaceRoot, type Seen, writeSeen } from "./config-folder.js";
import { CliError } from "./error.js";
import type { Machine } from "./machine.js";
import type { Screen } from "./screen.js";
import { readSettings, type ServerFlags, type Settings } from "./settings.js";

export class Session {
  readonly machine: Machine;
  readonly screen: Screen;
  readonly #flags: ServerFlags;
  readonly #transport: Pick<TransportOptions, "timeoutSeconds">;
  #settings: Promise<Settings> | undefined;

  constructor(
    machine: Machine,
    screen: Screen,
    flags: ServerFlags,
    transport: Pick<TransportOptions, "timeoutSeconds"> = {},
  ) {
    this.machine = machine;
    this.screen = screen;
    this.#flags = flags;
    this.#transport = transport;
  }

  /** @throws {UsageError}; {CliError} cli_config, cli_file */
  settings(): Promise<Settings> {
    this.#settings ??= readSettings(this.#flags, this.machine);
    return this.#settings;
  }

  /** @throws {ClientError} client_url, and what `settings` throws */
  async client(): Promise<BackbarClient> {
    const { BackbarClient } = await import("../../client/client.js");
    const { server, token } = await this.settings();
    return new BackbarClient({
      ...this.#transport,
      url: server,
      ...(token === undefined ? {} : { token }),
      ...(this.machine.fetch === undefined ? {} : { fetch: this.machine.fetch }),
    });
  }

  /**
   * The registry's keys, as its root vouches for them: the pinned one, or, told as a warning,
   * whichever it shows. A key set older than one seen before is refused.
   * @throws {ClientError} client_root; {TrustError}
   */
  async trust(client: BackbarClient): Promise<RegistryTrust> {
    const { readTrust } = await import("../../client/catalog.js");
    const { root } = await this.settings();
    const seen = root === undefined ? undefined : await readSeen(this.machine, root);
    const trust = await readTrust(client, {
      ...(root === undefined ? {} : { rootFingerprint: root }),
      ...(seen === undefined ? {} : { seenKeySet: seen.keySet }),
    });
    if (root === undefined) {
      this.screen.warn({
        message: `the registry's root key is taken as it shows it: ${trust.root.fingerprint}`,
        hint: "backbar login pins it, or BACKBAR_ROOT",
      });
    } else if (trust.replacedRoot !== undefined) {
      await this.#followRoot(trust.replacedRoot, trust.root.fingerprint);
    } else if (seen !== undefined && trust.keySet.number > seen.keySet) {
      await this.remember({ ...seen, keySet: trust.keySet.number });
    }
    return trust;
  }

  /** From now on the successor is the pinned root; who runs the command is told. */
  async #followRoot(from: string, to: string): Promise<void> {
    const settings = await this.settings();
    this.#settings = Promise.resolve({ ...settings, root: to });
    const isKept = settings.context !== undefined;
    this.screen.warn({
      message: `the registry replaced its root key: ${to} follows ${from}, which both signed`,
      hint: isKept ? "it is pinned from now on" : `set BACKBAR_ROOT to ${to}`,
    });
    try {
      await replaceRoot(this.machine, from, to);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      this.screen.warn({ message: `the new root key is not kept: ${error.message}` });
    }
  }

  /** What was seen of the pinned registry before; undefined where none is pinned. */
  async seen(): Promise<Seen | undefined> {
    const { root } = await this.settings();
    return root === undefined ? undefined : readSeen(this.machine, root);
  }

  /** Keeps what was seen of the pinned registry, where the user's folder can be written. */
  async remember(seen: Seen, revoked?: ReadonlySet<string>): Promise<void> {
    const { root } = await this.settings();
    if (root === undefined) return;
    try {
      await writeSeen(this.machine, root, seen, revoked);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      this.screen.warn({ message: `what was seen of the registry is not kept: ${error.message}` });
    }
  }
}
