/**
 * Who was refused, and what: counted by the minute in memory and written in the background, so that
 * no request waits for it. The route's pattern is kept, never a URL: paths and queries may hold what
 * nobody should read.
 */
import type { RefusalRow } from "../store/pending-usage.js";
import { countRefusals, listRefusals, type RefusalSearch, refusalKey } from "../store/refusals.js";
import { type Caller, checkMay } from "./caller.js";
import { changeStore } from "./condition.js";
import type { Registry } from "./registry.js";

export type Refusal = Omit<RefusalRow, "minute" | "count">;

/** Those that are told apart until they are written; the rest is counted as one. */
const MAX_PENDING = 5000;
const MINUTE_MS = 60_000;
const MAX_TEXT = 512;
/** Stands for refusals that came faster than they could be told apart. */
const OVERFLOW: Refusal = { actor: "", address: "", method: "", route: "", code: "overflow" };

export class Refusals {
  readonly #registry: Registry;
  #pending = new Map<string, RefusalRow>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  note(refusal: Refusal): void {
    const minute = this.#minute();
    const actor = refusal.actor.slice(0, MAX_TEXT);
    this.#add({ ...refusal, actor, minute, count: 1 });
  }

  /** Writes what was noted. What cannot be written waits for the next time. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0 || this.#registry.condition.reason !== undefined) return;
    // In one order: processes that write the same rows would else wait for one another.
    const rows = [...this.#pending]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, row]) => row);
    this.#pending = new Map();
    try {
      const late = await changeStore(this.#registry, (tx) => countRefusals(tx, rows));
      // Their minute is in the log already: they count for this one.
      for (const row of late) this.#add({ ...row, minute: this.#minute() });
    } catch (error) {
      for (const row of rows) this.#add(row);
      throw error;
    }
  }

  #add(row: RefusalRow): void {
    const key = refusalKey(row);
    const known = this.#pending.get(key);
    if (known === undefined && this.#pending.size >= MAX_PENDING && row.code !== OVERFLOW.code) {
      this.#add({ ...OVERFLOW, minute: row.minute, count: row.count });
      return;
    }
    this.#pending.set(key, { ...row, count: row.count + (known?.count ?? 0) });
  }

  #minute(): Date {
    return new Date(Math.floor(this.#registry.now().getTime() / MINUTE_MS) * MINUTE_MS);
  }
}

/** @throws {FlowError} role_missing, http_token_required */
export async function readRefusals(registry: Registry, caller: Caller, search: RefusalSearch) {
  checkMay(caller, "auditor");
  return listRefusals(registry.db, search);
}
