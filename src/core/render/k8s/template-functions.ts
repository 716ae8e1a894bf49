/** Functions that the templates of score-k8s's provisioners have beyond Sprig's. */
import { type FunctionMap, GoFunction } from "../../gotemplate/value.js";
import { encodeSecretRef } from "./secret-ref.js";

/** `encodeSecretRef "SECRET" "KEY"` */
export const K8S_TEMPLATE_FUNCTIONS: FunctionMap = new Map([
  [
    "encodeSecretRef",
    new GoFunction("encodeSecretRef", ["string", "string"], (_, name: string, key: string) =>
      encodeSecretRef(name, key),
    ),
  ],
]);
