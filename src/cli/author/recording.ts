/**
 * What an example is expected to render, as files beside the recipe that people review:
 *
 *     expected/EXAMPLE/compose/compose.yaml      the document; expected/EXAMPLE/k8s/manifests.yaml
 *     expected/EXAMPLE/compose/files/PATH        what containers mount, where there is any
 *     expected/EXAMPLE/compose/files.txt         modes of these, and empty directories
 */

import type { ExampleRendering } from "../../core/recipe/example-rendering.js";
import { EXPECTED_FOLDER } from "../../core/recipe/package.js";
import type { RenderedExample } from "../../core/render/example.js";
import type { Target } from "../../core/score/project-state.js";

const DOCUMENTS: Readonly<Record<Target, string>> = {
  compose: "compose.yaml",
  k8s: "manifests.yaml",
};

/** The files of a recording, by path in the recipe's folder. */
export type Recording = ReadonlyMap<string, Uint8Array>;

export function recordingOf({ job, rendering }: RenderedExample): Recording {
  const folder = recordingFolder(job.example, job.target);
  const { document, files } = rendering;
  const recording = new Map([[`${folder}/${DOCUMENTS[job.target]}`, Buffer.from(document)]]);
  const list = listFiles(rendering);
  if (list !== "") recording.set(`${folder}/files.txt`, Buffer.from(list));
  for (const { path, content } of files) {
    recording.set(`${folder}/files/${path}`, Buffer.from(content));
  }
  return recording;
}

/** Where the recording of an example lies in the recipe's folder. */
export function recordingFolder(example: string, target: Target): string {
  return `${EXPECTED_FOLDER}/${example}/${target}`;
}

/** A line for each file with its mode, and for each empty directory; version control keeps neither. */
function listFiles({ files, emptyDirectories }: ExampleRendering): string {
  const entries = [
    ...files.map(({ path, mode }) => ({ path, kind: mode.toString(8).padStart(4, "0") })),
    ...emptyDirectories.map((path) => ({ path: `${path}/`, kind: "empty" })),
  ];
  return entries.map(({ path, kind }) => `${kind} ${shown(path)}\n`).join("");
}

/** A path that would not be one line of plain text is quoted. */
function shown(path: string): string {
  return /^[\x21-\x7e]+$/.test(path) ? path : JSON.stringify(path);
}
