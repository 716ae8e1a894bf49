/** What the clients send: the Score files of examples/orders, as CI jobs would. */
import type { Target } from "../../src/core/score/project-state.js";
import { orders } from "../../test/catalog-project.js";

/** Projects that take turns. */
export const PROJECTS = 50;

/** The environment of examples/orders that is rendered for each target. */
export const ENVIRONMENTS: Readonly<Record<Target, string>> = {
  compose: "local",
  k8s: "development",
};

/** The next JSON request, of one project after the other. */
export type Requests = () => string;

/** Score files as they are before an image is built. */
const unbuilt = orders.map(({ path, text }) => ({
  path,
  score: text.replace(/^( +image:) .*$/gm, "$1 ."),
}));
const REPOSITORY = "registry.example.com/orders";

/** Each request of a project is like the one before: a CI job that runs again. */
export function sameRequests(target: Target): Requests {
  return requests(target, () => 0);
}

/** Each request of a project has a new image for one workload, in turn: a CI job after a build. */
export function changedRequests(target: Target): Requests {
  return requests(target, (workload, round) => Math.floor((round - workload) / unbuilt.length));
}

/** `version` of the image of a workload, by its place, in a round over all projects. */
function requests(target: Target, version: (workload: number, round: number) => number): Requests {
  let next = 0;
  return () => {
    const round = Math.floor(next / PROJECTS);
    const project = `project-${next++ % PROJECTS}`;
    const workloads = unbuilt.map((each, i) => ({
      ...each,
      image: `${REPOSITORY}/${i}:build-${version(i, round)}`,
    }));
    return JSON.stringify({ project, target, workloads });
  };
}
