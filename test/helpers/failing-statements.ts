/** Faults of the database at a chosen statement, on both stores: everything that drizzle sends counts. */
import { NodePgPreparedQuery } from "drizzle-orm/node-postgres";
import { PglitePreparedQuery } from "drizzle-orm/pglite";
import { onTestFinished } from "vitest";

export interface Fault {
  readonly name: string;
  /** What is sent instead of the statement, and fails; left out, the statement's own answer is lost. */
  readonly instead?: string;
  /** Of a connection of its own, which an embedded database has not. */
  readonly ofServers?: boolean;
  /** What the client is told of it. */
  readonly code: "internal" | "store_unreachable";
}

/** What may befall a statement. */
export const FAULTS: readonly Fault[] = [
  {
    name: "no space",
    instead: raise("53100", "could not extend file: No space left on device"),
    code: "internal",
  },
  {
    name: "a failing disk",
    instead: raise("58030", "could not read block 7: I/O error"),
    code: "internal",
  },
  {
    name: "a cut connection",
    instead: "select pg_terminate_backend(pg_backend_pid())",
    ofServers: true,
    code: "store_unreachable",
  },
  { name: "a lost answer", code: "internal" },
];

function raise(code: string, message: string): string {
  return `do $$ begin raise exception using errcode = '${code}', message = '${message}'; end $$`;
}

interface Prepared {
  // Drizzle's own clients differ in type; both send a text.
  readonly client: { query(text: string): Promise<unknown> };
}

/**
 * Lets one statement fail, counted from 1 from when `arm` is called; `disarm` tells whether it came
 * to that. Ends with the test.
 */
export function failingStatements() {
  let next: { fault: Fault; left: number } | undefined;
  for (const { prototype } of [NodePgPreparedQuery, PglitePreparedQuery]) {
    const { execute } = prototype;
    prototype.execute = async function (this: unknown, values) {
      if (next === undefined || --next.left !== 0) return execute.call(this, values);
      const { instead } = next.fault;
      const { client } = this as Prepared;
      await (instead === undefined ? execute.call(this, values) : client.query(instead));
      throw new Error("the answer was lost");
    };
    onTestFinished(() => {
      prototype.execute = execute;
    });
  }
  return {
    arm: (fault: Fault, statement: number) => {
      next = { fault, left: statement };
    },
    disarm: (): boolean => {
      const came = next !== undefined && next.left <= 0;
      next = undefined;
      return came;
    },
  };
}
