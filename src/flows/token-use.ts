/**
 * When tokens were used last, to the hour: noted in memory and written now and then, so that no
 * request waits for it.
 */
import { touchToken } from "../store/tokens.js";
import { changeStore } from "./condition.js";
import type { Registry } from "./registry.js";
import type { Token } from "./tokens.js";

const COARSE_MS = 60 * 60 * 1000;
/** More tokens than anybody has in use. */
const MAX_NOTED = 10_000;

export class TokenUses {
  readonly #registry: Registry;
  /** The last use that was noted, by token. */
  readonly #noted = new Map<string, number>();
  readonly #pending = new Map<string, Date>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  note({ id, lastUsedAt }: Pick<Token, "id" | "lastUsedAt">): void {
    const now = this.#registry.now();
    const last = Math.max(this.#noted.get(id) ?? 0, lastUsedAt?.getTime() ?? 0);
    if (now.getTime() - last < COARSE_MS) return;
    if (this.#noted.size >= MAX_NOTED) this.#noted.clear();
    this.#noted.set(id, now.getTime());
    this.#pending.set(id, now);
  }

  /** Writes what was noted. What cannot be written waits for the next time. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0 || this.#registry.condition.reason !== undefined) return;
    // In one order: processes that write the same rows would else wait for one another.
    const uses = [...this.#pending].sort(([one], [other]) => (one < other ? -1 : 1));
    await changeStore(this.#registry, async (tx) => {
      for (const [id, at] of uses) await touchToken(tx, id, at);
    });
    for (const [id, at] of uses) {
      if (this.#pending.get(id) === at) this.#pending.delete(id);
    }
  }
}
