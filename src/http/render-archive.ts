/** A render as a gzipped tar: the document and its files, laid out so that the document finds them. */
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { MANIFESTS_FOLDER, markedText } from "../core/render/k8s/manifest-files.js";
import { DOCUMENT_NAME, STATE_PATH } from "../core/render/layout.js";
import type { RenderAnswer } from "../flows/render.js";

/** The same render gives the same bytes: no clock in the archive. */
const NO_TIME = new Date(0);

/** One file of all, or one for each manifest as `backbar render --split` writes them. */
function documentFiles({ target, documents, manifests }: RenderAnswer) {
  if (manifests === undefined) return [{ name: DOCUMENT_NAME[target], text: documents }];
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
