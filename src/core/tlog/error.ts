import { BackbarError } from "../../errors.js";

export type TlogErrorCode =
  | "tlog_leaf"
  | "tlog_frontier"
  | "tlog_index_out_of_range"
  | "tlog_tree_size"
  | "tlog_proof_length"
  | "tlog_proof_form"
  | "tlog_root_mismatch"
  | "tlog_tile_path"
  | "tlog_tile_form"
  | "tlog_bundle_form"
  | "tlog_note_form"
  | "tlog_note_key"
  | "tlog_note_signature"
  | "tlog_checkpoint_form"
  | "tlog_origin"
  | "tlog_witness_request"
  | "tlog_fork";

/** A leaf, tree, proof or note that is not what it claims to be. */
export class TlogError extends BackbarError<TlogErrorCode> {
  override readonly name = "TlogError";
}
