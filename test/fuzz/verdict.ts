/** Compares what Go and we made of a case. */
import type { Outcome } from "./peer.js";

/** `same`; `skipped` with the reason why there is nothing to compare; or how they differ. */
export type Verdict =
  | { readonly kind: "same"; readonly what: "output" | "error" }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "different"; readonly how: string };

/**
 * Outputs must be equal byte for byte. Errors must come at the same stage and name the same place:
 * template, line, column, piece and function; what they say beyond that is each engine's own.
 */
export function verdictOf(go: Outcome, ours: Outcome): Verdict {
  if ("unstable" in go) return { kind: "skipped", reason: "Go's outcome varies" };
  if ("error" in go && go.errorStage === "data") return { kind: "skipped", reason: "bad data" };
  if ("died" in ours) return { kind: "different", how: `our engine ended: ${ours.died}` };
  if ("died" in go) return { kind: "skipped", reason: go.died };
  if ("error" in go && "error" in ours) {
    if (go.errorStage !== ours.errorStage) return { kind: "different", how: "stage" };
    const same = go.error.startsWith("panic:") || placeOf(go.error) === placeOf(ours.error);
    return same
      ? { kind: "same", what: "error" }
      : { kind: "different", how: "place of the error" };
  }
  if ("error" in go) return { kind: "different", how: `Go fails at ${go.errorStage}` };
  if ("error" in ours) return { kind: "different", how: `we fail at ${ours.errorStage}` };
  if (bytesOf(go).equals(bytesOf(ours))) return { kind: "same", what: "output" };
  return { kind: "different", how: "output" };
}

/** Whether our engine stopped the case for what it uses. */
export function exceeds(ours: Outcome | undefined): boolean {
  return ours !== undefined && "error" in ours && ours.error.includes("budget exceeded");
}

/** What an error says about its place; the whole message where it names no piece. */
function placeOf(message: string): string {
  const piece = />: (error calling \S+: )?/.exec(message);
  if (!message.includes(": executing ") || piece === null) return message;
  return message.slice(0, piece.index + piece[0].length);
}

function bytesOf(outcome: Outcome): Buffer {
  if ("output" in outcome) return Buffer.from(outcome.output);
  return "outputBase64" in outcome ? Buffer.from(outcome.outputBase64, "base64") : Buffer.alloc(0);
}
