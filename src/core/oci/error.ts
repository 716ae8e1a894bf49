import { BackbarError } from "../../errors.js";

export type OciErrorCode =
  | "oci_manifest"
  | "oci_config"
  | "oci_media_type"
  | "oci_descriptor"
  | "oci_title"
  | "oci_blob_missing"
  | "oci_blob_unknown"
  | "oci_blob_size"
  | "oci_blob_digest"
  | "oci_limit"
  | "submission_form"
  | "submission_limit";

/** A manifest, blob or submission that is not a version of a recipe. */
export class OciError extends BackbarError<OciErrorCode> {
  override readonly name = "OciError";
}
