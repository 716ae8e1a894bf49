/** A render as a gzipped tar: the document and its files, laid out so that the document finds them. */
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { MANIFESTS_FOLDER, markedText } from "../core/render/k8s/manifest-files.js";
import type { Target } from "../core/score/project-state.js";
import type { RenderAnswer } from "../flows/render.js";

/** Where the CLIs keep their state, so that they go on where the service stopped. */
const STATE_PATH = { compose: ".score-compose/state.yaml", k8s: ".score-k8s/state.yaml" } as const;
/** The same render gives the same bytes: no clock in the archive. */
const NO_TIME = new Date(0);

function documentName(target: Target): string {
  return target === "compose" ? "compose.yaml" : "manifests.yaml";
}

/** One file of all, or one for each manifest as `backbar render --split` writes them. */
function documentFiles({ target, documents, manifests }: RenderAnswer) {
  if (manifests === undefined) return [{ name: documentName(target), text: documents }];
  return manifests.map((file) => ({
    name: `${MANIFESTS_FOLDER}/${file.path}`,
    text: markedText(file),
  }));
}

/** The archive's bytes; a stateless render carries its state in the CLI's place. */
export async function archive(answer: RenderAnswer): Promise<Buffer> {
  const tar = pack();
  const add = (
    header: Pick<Header, "name" | "mode"> & Partial<Header>,
    content?: string | Uint8Array,
  ) => tar.entry({ mtime: NO_TIME, ...header }, content === undefined ? "" : Buffer.from(content));
  const mounts = answer.mountsDirectory ?? "";

  for (const { name, text } of documentFiles(answer)) add({ name, mode: 0o644 }, text);
  for (const path of answer.emptyDirectories) {
    add({ name: `${mounts}/${path}/`, type: "directory", mode: 0o755 });
  }
  for (const { path, mode, content } of answer.files)
    add({ name: `${mounts}/${path}`, mode }, content);
  if (answer.stateRevision === undefined) {
    add({ name: STATE_PATH[answer.target], mode: 0o600 }, answer.stateText);
  }
  tar.finalize();

  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}
