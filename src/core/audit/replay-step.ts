/** One leaf of a replay. */
import type { FindingCode } from "./finding.js";
import type { LogState } from "./log-state.js";

/** What one leaf says is added to the state, and what no honest registry would log is told. */
export interface Step {
  readonly state: LogState;
  readonly leaf: number;
  /** @param message what is wrong, without the leaf */
  find(code: FindingCode, message: string): void;
}
