/** Builds given with a workload: a context, or a Compose `build` section as provisioners may write it. */
import { compareBytes } from "../../codec/key-order.js";
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import { readForm } from "./form.js";
import { build } from "./model.js";

/**
 * The `build` sections by container, normalised.
 * @throws {RenderError} render_build
 */
export function normaliseBuilds(builds: ReadonlyMap<string, string | Data>): Map<string, DataMap> {
  const names = [...builds.keys()].sort(compareBytes);
  return new Map(
    names.map((name) => {
      const given = builds.get(name) ?? null;
      const section = typeof given === "string" ? new Map([["context", given]]) : given;
      return [
        name,
        readForm(
          "render_build",
          () => build.decode(section ?? new Map(), formatYamlPath(["builds", name])) as DataMap,
        ),
      ];
    }),
  );
}
