/** Checks one after the other, each told with its outcome, so that people see what was checked. */
import { BackbarError } from "../../errors.js";

export interface Check {
  /** What is checked. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What was found, or why it was not looked for. */
  readonly detail: string;
  /** Of the fault. */
  readonly code?: string;
}

/** What a check that passed found, and what it gives to later ones. */
export interface Passed<T> {
  readonly detail: string;
  readonly value: T;
}

export class Checklist {
  readonly checks: Check[] = [];

  /** Does `work`; undefined where it failed, which is told. */
  async run<T>(name: string, work: () => Passed<T> | Promise<Passed<T>>): Promise<T | undefined> {
    try {
      const { detail, value } = await work();
      this.checks.push({ name, outcome: "passed", detail });
      return value;
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      this.checks.push({ name, outcome: "failed", detail: error.message, code: error.code });
      return undefined;
    }
  }

  skip(name: string, detail: string): void {
    this.checks.push({ name, outcome: "skipped", detail });
  }

  /** True where nothing failed. */
  get holds(): boolean {
    return this.checks.every(({ outcome }) => outcome !== "failed");
  }
}
