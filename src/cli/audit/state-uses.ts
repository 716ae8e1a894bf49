/** What a state file of the Score CLIs says that was used: names alone, and nothing of its content. */
import type { ReportedWorkload } from "../../client/usage.js";
import { sha256Digest } from "../../core/codec/digest.js";
import { type ProjectState, TARGETS, type Target } from "../../core/score/project-state.js";
import { resourceUid } from "../../core/score/resource-uid.js";
import { parseState } from "../../core/score/state.js";
import { BackbarError } from "../../errors.js";
import { UsageError } from "../frame/usage.js";

export interface StateUses {
  readonly target: Target;
  readonly workloads: readonly ReportedWorkload[];
  /** Resources that no provisioner has served yet, by uid. */
  readonly unserved: readonly string[];
}

/**
 * What the state in `text` used; `file` names it. Its target is the one `asked` for, or else the one
 * whose form it has.
 * @throws {ScoreError} score_state; {UsageError} where it may be of both targets
 */
export function readUses(text: string, file: string, asked: Target | undefined): StateUses {
  const { state, target } = parse(text, file, asked);
  const patchTemplates = state.patchingTemplates.map((template) => sha256Digest(template));
  const unserved = new Set<string>();
  const workloads = [...state.workloads].map(([name, { spec }]): ReportedWorkload => {
    const uids = [...(spec.resources ?? [])].map(([key, request]) =>
      resourceUid(name, key, request),
    );
    const resources = [...new Set(uids)].flatMap((resource) => {
      const provisioner = state.resources.get(resource)?.provisioner ?? "";
      if (provisioner !== "") return [{ resource, provisioner }];
      unserved.add(resource);
      return [];
    });
    return { name, resources, patchTemplates };
  });
  return { target, workloads, unserved: [...unserved] };
}

interface ParsedState {
  readonly state: ProjectState;
  readonly target: Target;
}

function parse(text: string, file: string, asked: Target | undefined): ParsedState {
  if (asked !== undefined) return { state: parseState(text, asked, { file }), target: asked };
  const parsed: ParsedState[] = [];
  const faults: BackbarError[] = [];
  for (const target of TARGETS) {
    try {
      parsed.push({ state: parseState(text, target, { file }), target });
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      faults.push(error);
    }
  }
  // score-compose always names its Compose project; what lacks that may still be of both.
  const hinted = TARGETS.find((target) => file.includes(`.score-${target}/`));
  const fitting = parsed.filter(({ target }) => parsed.length === 1 || target === hinted);
  const [found] = fitting;
  if (found !== undefined) return found;
  if (parsed.length === 0) throw faultOf(faults, hinted);
  throw new UsageError(`${file} does not tell its target`, "--target says which: compose or k8s");
}

function faultOf(faults: readonly BackbarError[], hinted: Target | undefined): Error {
  const index = hinted === undefined ? 0 : TARGETS.indexOf(hinted);
  return faults[index] ?? new TypeError("a state that no target takes has a fault for each");
}
