/** The pipeline alone: from texts to texts in one thread, as a render worker does it. */
import { formatJson } from "../../src/core/gotemplate/json.js";
import type { Target } from "../../src/core/score/project-state.js";
import { formatState, parseState } from "../../src/core/score/state.js";
import { orders, render, serveEnvironment } from "../../test/catalog-project.js";
import { Sample } from "../load.js";
import { ENVIRONMENTS } from "./request.js";

/** Times of `count` renders of examples/orders from stored state, after as many that are not counted. */
export function measurePipeline(target: Target, count: number): Sample {
  const served = serveEnvironment(ENVIRONMENTS[target], target);
  let state = formatState(render(served, orders).state, target);
  const renderOnce = () => {
    const result = render(served, orders, { state: parseState(state, target) });
    formatJson([...result.documents], { escapeHtml: false });
    state = formatState(result.state, target);
  };
  for (let i = 0; i < count; i++) renderOnce();
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    renderOnce();
    times[i] = performance.now() - start;
  }
  return new Sample(
    times,
    times.reduce((sum, time) => sum + time, 0),
  );
}
