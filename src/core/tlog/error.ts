import { BackbarError } from "../../errors.js";

export type TlogErrorCode =
  | "tlog_leaf"
  | "tlog_frontier"
  | "tlog_index_out_of_range"
  | "tlog_tree_size"
  | "tlog_proof_length"
  | "tlog_root_mismatch";

/** A leaf, tree or proof that is not what it claims to be. */
export class TlogError extends BackbarError<TlogErrorCode> {
  override readonly name = "TlogError";
}
