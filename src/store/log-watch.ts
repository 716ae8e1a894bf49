/**
 * Tells of the log's head over a connection of its own: it asks again and again, and at once when a
 * process that appended sent word (LISTEN). Where word does not come through, as behind a pool of
 * connections (PgBouncer), asking is enough.
 */
import pg from "pg";

/** The head that was read, as text to compare, and when it was asked for (`performance.now()`). */
export type HeadReport = (head: string, askedAtMs: number) => void;

export interface LogWatch {
  close(): Promise<void>;
}

/** Word that the log has grown. */
export const LOG_CHANNEL = "backbar_log";

const POLL_MS = 250;
/** A connection that is silent for longer is given up. */
const TIMEOUT_MS = 2_000;
const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;
const READ_HEAD = "select size::text || ' ' || encode(frontier, 'hex') as head from log_head";

/** Calls `report` several times a second while the database at `url` answers. */
export function watchLog(url: string, report: HeadReport): LogWatch {
  const bell = new Bell();
  const watching = watch(url, report, bell);
  return {
    close: async () => {
      bell.close();
      await watching;
    },
  };
}

async function watch(url: string, report: HeadReport, bell: Bell): Promise<void> {
  let pauseMs = MIN_PAUSE_MS;
  while (!bell.closed) {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    // A connection that breaks fails its next query; without a listener it would end the process.
    client.on("error", () => bell.ring());
    client.on("notification", () => bell.ring());
    try {
      await client.connect();
      // What refuses this may still be asked.
      await client.query(`listen ${LOG_CHANNEL}`).catch(() => {});
      while (!bell.closed) {
        const askedAtMs = performance.now();
        const { rows } = await client.query<{ head: string }>(READ_HEAD);
        report(rows[0]?.head ?? "", askedAtMs);
        pauseMs = MIN_PAUSE_MS;
        await bell.rung(POLL_MS);
      }
    } catch {
      // Nobody waits for this connection: without reports nothing is remembered.
    }
    await client.end().catch(() => {});
    await bell.rung(pauseMs);
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
  }
}

/** Ends a wait early; what rings between two waits ends the second one at once. */
class Bell {
  closed = false;
  #isRung = false;
  #wake = () => {};

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  close(): void {
    this.closed = true;
    this.ring();
  }

  /** Waits until it rings, at most `timeoutMs`. */
  async rung(timeoutMs: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
  }
}
