/** The order in which resources are provisioned: what params refer to comes first. */
import { compareBytes } from "../codec/key-order.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { ScoreError } from "./error.js";
import { placeholdersInData, splitReference } from "./placeholders.js";
import { type ResourceUser, resourceUsers } from "./prime.js";
import { ProblemList } from "./problems.js";
import type { ProjectState } from "./project-state.js";
import { resourceUid } from "./resource-uid.js";

/**
 * The uids of all resources that the workloads ask for, in levels: those without dependencies, then
 * those that only need them, and so on, each level in byte order.
 *
 * As in the Score CLIs a uid can stand twice: where one workload gives a shared resource params that
 * refer to others and another workload gives it none, it is at the first level as well as behind
 * its dependencies, and is provisioned at both.
 * @throws {ScoreError} score_resource_reference with all of them, score_resource_cycle
 */
export function sortResources(state: ProjectState): string[] {
  let level = new Set<string>();
  const waiting = new Map<string, Set<string>>();
  const users = resourceUsers(state);
  const unknown = new ProblemList<"score_resource_reference">();
  for (const user of users) {
    const needs = dependencies(state, user, unknown);
    if (needs.size === 0) level.add(user.uid);
    else waiting.set(user.uid, needs);
  }
  const found = unknown.join();
  if (found !== undefined) throw new ScoreError(found.code, found.message, found.details);
  const neededBy = invert(waiting);
  const order: string[] = [];
  while (level.size > 0) {
    const uids = [...level].sort(compareBytes);
    for (const uid of uids) order.push(uid);
    level = release(waiting, neededBy, uids);
  }
  if (waiting.size > 0) throw cycleAmong(waiting, users);
  return order;
}

/** An error with the place of each definition that waits for another. */
function cycleAmong(
  waiting: ReadonlyMap<string, unknown>,
  users: readonly ResourceUser[],
): ScoreError {
  const problems = new ProblemList<"score_resource_cycle">();
  const uids = [...waiting.keys()].sort(compareBytes).join("', '");
  for (const { workload, name, uid, request } of users) {
    if (!waiting.has(uid) || request.params === undefined) continue;
    problems.add(workload, "score_resource_cycle", () => ({
      message: `workload '${workload}': the params of '${uid}' wait for resources that wait for each other`,
      place: { workload, path: formatYamlPath(["resources", name, "params"]) },
    }));
  }
  const message = `the params of '${uids}' refer to each other in a cycle`;
  return new ScoreError("score_resource_cycle", message, problems.join()?.details);
}

/** Who waits for each uid. */
function invert(waiting: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const neededBy = new Map<string, string[]>();
  for (const [uid, needs] of waiting) {
    for (const need of needs) {
      const others = neededBy.get(need);
      if (others === undefined) neededBy.set(need, [uid]);
      else others.push(uid);
    }
  }
  return neededBy;
}

/** Takes `done` from what is waiting and returns those that wait for nothing any more. */
function release(
  waiting: Map<string, Set<string>>,
  neededBy: ReadonlyMap<string, readonly string[]>,
  done: readonly string[],
): Set<string> {
  const ready = new Set<string>();
  for (const need of done) {
    for (const uid of neededBy.get(need) ?? []) {
      const needs = waiting.get(uid);
      needs?.delete(need);
      if (needs?.size !== 0) continue;
      waiting.delete(uid);
      ready.add(uid);
    }
  }
  return ready;
}

function dependencies(
  state: ProjectState,
  user: ResourceUser,
  unknown: ProblemList<"score_resource_reference">,
): Set<string> {
  const needs = new Set<string>();
  const { params } = user.request;
  if (params === undefined) return needs;
  const siblings = state.workloads.get(user.workload)?.spec.resources;
  for (const reference of placeholdersInData(new Map(params))) {
    const [root, name] = splitReference(reference);
    if (root !== "resources" || name === undefined) continue;
    const request = siblings?.get(name);
    if (request === undefined) {
      unknown.add(user.workload, "score_resource_reference", () => ({
        message: `workload '${user.workload}' resource '${user.name}': its params refer to the unknown resource '${name}'`,
        place: {
          workload: user.workload,
          path: formatYamlPath(["resources", user.name, "params"]),
        },
      }));
      continue;
    }
    needs.add(resourceUid(user.workload, name, request));
  }
  return needs;
}
