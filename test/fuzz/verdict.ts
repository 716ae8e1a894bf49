/** Compares what Go and we made of a case. */
import type { Died, Outcome } from "../oracle/peer.js";

/** `same`; `skipped` with the reason why there is nothing to compare; or how they differ. */
export type Verdict =
  | { readonly kind: "same"; readonly what: "output" | "error" }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "different"; readonly how: string };

/** Functions of the language itself, whose errors say what Go's say. */
const BUILTINS: ReadonlySet<string> = new Set(
  "and call eq ge gt html index js le len lt ne not or print printf println urlquery".split(" "),
);

/**
 * Outputs must be equal byte for byte. Errors must come at the same stage and say the same; of an
 * error that a function of Sprig or a method gave only its place counts: template, line, column,
 * piece and function.
 */
export function verdictOf(go: Outcome | Died, ours: Outcome | Died): Verdict {
  if ("unstable" in go) return { kind: "skipped", reason: "Go's outcome varies" };
  if ("error" in go && go.errorStage === "data") return { kind: "skipped", reason: "bad data" };
  if ("died" in ours) return { kind: "different", how: `our engine ended: ${ours.died}` };
  if ("died" in go) return { kind: "skipped", reason: go.died };
  if ("error" in go && "error" in ours) {
    if (go.errorStage !== ours.errorStage) return { kind: "different", how: "stage" };
    const same =
      go.error.startsWith("panic:") ||
      comparable(go.error) === comparable(ours.error) ||
      sameUntilCut(go.error, ours.error);
    return same ? { kind: "same", what: "error" } : { kind: "different", how: "error" };
  }
  if ("error" in go) return { kind: "different", how: `Go fails at ${go.errorStage}` };
  if ("error" in ours) return { kind: "different", how: `we fail at ${ours.errorStage}` };
  if (bytesOf(go).equals(bytesOf(ours))) return { kind: "same", what: "output" };
  return showsAddress(ours)
    ? { kind: "skipped", reason: "an address" }
    : { kind: "different", how: "output" };
}

/** Whether our engine stopped the case for what it uses. */
export function exceeds(ours: Outcome | Died | undefined): boolean {
  return ours !== undefined && "error" in ours && ours.error.includes("budget exceeded");
}

/**
 * What must be equal of an error: all of it, or up to where a function that is no builtin speaks, Go
 * shows a value (ours never do, as it may be a secret) or the type `interface {}` (ours the value's).
 */
function comparable(message: string): string {
  const shown = SHOWN_VALUE.exec(message);
  if (shown !== null) return message.slice(0, shown.index + shown[0].length);
  const call = />: error calling (\S+): /.exec(message);
  if (call === null || BUILTINS.has(call[1] ?? "")) return message;
  return message.slice(0, call.index + call[0].length);
}

const SHOWN_VALUE =
  />: (?:can't evaluate field \S+ in type|\S+ is an unexported field of struct type|range can't iterate over|can't use (?=.{1,40} to iterate)|error calling \w+: non-comparable types?|error calling call: non-function) ?/;

/** Ours show the start of a long piece. */
function sameUntilCut(go: string, ours: string): boolean {
  const cut = ours.indexOf("…>: ");
  return cut >= 0 && go.startsWith(ours.slice(0, cut));
}

/** Whether an output shows the address of something in memory: ours is always the same, Go's another. */
function showsAddress(ours: Outcome): boolean {
  const bytes = bytesOf(ours).toString("latin1");
  return ADDRESSES.some((address) => bytes.includes(address));
}

const ADDRESSES = [2, 8, 10, 16].flatMap((base) => {
  const digits = (0xc000010000).toString(base);
  return [digits, digits.toUpperCase()];
});

function bytesOf(outcome: Outcome): Buffer {
  if ("output" in outcome) return Buffer.from(outcome.output);
  return "outputBase64" in outcome ? Buffer.from(outcome.outputBase64, "base64") : Buffer.alloc(0);
}
