/** Where a render's parts lie below the folder of its document, as the CLIs have them. */
import type { Target } from "../score/project-state.js";

/** The document as one file. */
export const DOCUMENT_NAME: Readonly<Record<Target, string>> = {
  compose: "compose.yaml",
  k8s: "manifests.yaml",
};

/** The project's state, so that a CLI goes on where a render stopped. */
export const STATE_PATH: Readonly<Record<Target, string>> = {
  compose: ".score-compose/state.yaml",
  k8s: ".score-k8s/state.yaml",
};
