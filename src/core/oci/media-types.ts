/** Media types of recipe artifacts (OCI image-spec 1.1, "Guidelines for artifact usage"). */
import type { FileRole } from "../recipe/recipe-file.js";

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const RECIPE_TYPE = "application/vnd.backbar.recipe.v1";
export const CONFIG_TYPE = "application/vnd.backbar.recipe.config.v1+json";
/** A Sigstore bundle v0.3, in the form that cosign v3 writes. */
export const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
export const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
export const TITLE_ANNOTATION = "org.opencontainers.image.title";

/** By what a file is for. The stock clients go by the title alone. */
export const LAYER_TYPES: Readonly<Record<FileRole["kind"], string>> = {
  provisioners: "application/vnd.backbar.provisioners.v1+yaml",
  patch: "application/vnd.backbar.patch-template.v1",
  document: "application/vnd.backbar.document.v1",
  example: "application/vnd.backbar.example.v1",
};
