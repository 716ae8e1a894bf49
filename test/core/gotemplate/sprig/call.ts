import { TemplateError } from "../../../../src/core/gotemplate/error.js";
import { sprigFunctions } from "../../../../src/core/gotemplate/sprig/map.js";
import type { CallContext, Value } from "../../../../src/core/gotemplate/value.js";

export interface Limits {
  readonly steps: number;
  readonly bytes: number;
}

/** A context with its own budgets, counting random bytes and a host that knows two names. */
export function contextWith(limits: Limits = { steps: 1e6, bytes: 1e8 }): CallContext {
  let steps = 0;
  let bytes = 0;
  let random = 0;
  const environment = new Map([["HOME", "/home/score"]]);
  return {
    charge(cost) {
      steps += cost;
      if (steps > limits.steps) throw new TemplateError("template_budget_steps", "too many steps");
    },
    allocate(size) {
      bytes += size;
      if (bytes > limits.bytes) throw new TemplateError("template_budget_memory", "too large");
    },
    host: {
      randomBytes: (size) =>
        Uint8Array.from({ length: size }, () => (random = (random * 5 + 7) % 256)),
      now: () => 0n,
      env: (name) => environment.get(name),
      lookupHost: (name) => (name === "db.local" ? "10.0.0.7" : undefined),
    },
    secret() {},
  };
}

/** Calls a function of the map as the executor does once its arguments are converted. */
export function call(name: string, args: readonly Value[], context = contextWith()): Value {
  const found = sprigFunctions.get(name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found.call(context, ...(args as never[]));
}
