/**
 * Who was refused, and what: counted by the minute in memory and written in the background, so that
 * no request waits for it. The route's pattern is kept, never a URL: paths and queries may hold what
 * nobody should read.
 */
import {
  countRefusals,
  listRefusals,
  type RefusalRow,
  type RefusalSearch,
  refusalKey,
} from "../store/refusals.js";
import { type Caller, checkMay } from "./caller.js";
import { changeStore } from "./condition.js";
import type { Registry } from "./registry.js";

export interface Refusal extends Omit<RefusalRow, "minute" | "count"> {
  /** Of those without any there may be as many as somebody likes. */
  readonly hasGrants: boolean;
}

/**
 * Rows of one minute: of each actor who has grants, and of all others together. What goes beyond is
 * counted in one row more, so that no flood fills the database or hides what somebody known did.
 */
const MAX_TOLD_APART = 100;
/** Rows that wait while the database is away; what goes beyond is counted in one for each minute. */
const MAX_PENDING = 5000;
/** Rows of one statement, whose parameters are limited. */
const MAX_AT_ONCE = 1000;
const MINUTE_MS = 60_000;
const MAX_TEXT = 512;
/** Stands for refusals that are not told apart. */
const OVERFLOW = { actor: "", address: "", method: "", route: "", code: "overflow" } as const;

export class Refusals {
  readonly #registry: Registry;
  #pending = new Map<string, RefusalRow>();
  #minute = new Date(0);
  /** Keys of the rows of `#minute`, by actor; "" for all without grants. */
  #toldApart = new Map<string, Set<string>>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  note({ hasGrants, ...refusal }: Refusal): void {
    const minute = this.#thisMinute();
    const actor = refusal.actor.slice(0, MAX_TEXT);
    const row = { ...refusal, actor, minute, count: 1 };
    const who = hasGrants ? actor : "";
    this.#add(this.#isToldApart(row, who) ? row : { ...OVERFLOW, actor: who, minute, count: 1 });
  }

  /** Writes what was noted. What cannot be written waits for the next time. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0 || this.#registry.condition.reason !== undefined) return;
    // In one order: processes that write the same rows would else wait for one another.
    const rows = [...this.#pending]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, row]) => row);
    this.#pending = new Map();
    while (rows.length > 0) await this.#write(rows.splice(0, MAX_AT_ONCE), rows);
  }

  /** Where `rows` cannot be written, they and `others` wait on. */
  async #write(rows: readonly RefusalRow[], others: readonly RefusalRow[]): Promise<void> {
    try {
      const late = await changeStore(this.#registry, (tx) => countRefusals(tx, rows));
      // Their minute is in the log already: they count for this one.
      for (const row of late) this.#add({ ...row, minute: this.#thisMinute() });
    } catch (error) {
      for (const row of [...rows, ...others]) this.#add(row);
      throw error;
    }
  }

  #isToldApart(row: RefusalRow, who: string): boolean {
    const keys = this.#toldApart.get(who) ?? new Set();
    const key = refusalKey(row);
    if (!keys.has(key) && keys.size >= MAX_TOLD_APART) return false;
    this.#toldApart.set(who, keys.add(key));
    return true;
  }

  #add(row: RefusalRow): void {
    const key = refusalKey(row);
    const known = this.#pending.get(key);
    const isLast = row.code === OVERFLOW.code && row.actor === OVERFLOW.actor;
    if (known === undefined && this.#pending.size >= MAX_PENDING && !isLast) {
      this.#add({ ...OVERFLOW, minute: row.minute, count: row.count });
      return;
    }
    this.#pending.set(key, { ...row, count: row.count + (known?.count ?? 0) });
  }

  #thisMinute(): Date {
    const minute = startOfMinute(this.#registry.now());
    if (minute.getTime() !== this.#minute.getTime()) this.#toldApart = new Map();
    this.#minute = minute;
    return minute;
  }
}

/** The start of the minute that `time` is in. */
export function startOfMinute(time: Date): Date {
  return new Date(Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS);
}

/** @throws {FlowError} role_missing, http_token_required */
export async function readRefusals(registry: Registry, caller: Caller, search: RefusalSearch) {
  checkMay(caller, "auditor");
  return listRefusals(registry.db, search);
}
