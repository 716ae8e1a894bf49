import { BackbarError } from "../errors.js";

export type StoreErrorCode =
  | "store_unreachable"
  | "store_in_use"
  | "store_path"
  | "store_blob_corrupt"
  | "store_blob_missing";

export class StoreError extends BackbarError<StoreErrorCode> {
  override readonly name = "StoreError";
}
