/** Content that never changes: its digest is its strong ETag, and caches may keep it for ever. */
import type { FastifyReply, FastifyRequest } from "fastify";

export interface ImmutableContent {
  /** Text is sent as UTF-8. */
  readonly content: Uint8Array | string;
  readonly digest: string;
  readonly mediaType: string;
}

/** A year. */
const FOR_EVER = "max-age=31536000, immutable";

/** Sends `file`, or 304 to a client that has it. */
export function sendImmutable(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ImmutableContent,
) {
  reply.header("cache-control", FOR_EVER);
  return sendTagged(request, reply, file);
}

/** As `sendImmutable`, where not every reader sees `file`: no cache that several share keeps it. */
export function sendImmutablePrivate(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ImmutableContent,
) {
  reply.header("cache-control", `private, ${FOR_EVER}`);
  return sendTagged(request, reply, file);
}

/** Sends content that may be another the next time, with its digest as ETag. */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  { content, digest, mediaType }: ImmutableContent,
) {
  if (isKnown(request, reply, digest)) return reply.code(304).send();
  reply.type(mediaType);
  if (typeof content === "string") return reply.send(content);
  return reply.send(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
}

/** Sets the digest of what is read as ETag; whether the client has it, and wants to hear 304 then. */
export function isKnown(request: FastifyRequest, reply: FastifyReply, digest: string): boolean {
  const etag = `"${digest}"`;
  reply.header("etag", etag);
  return matches(request.headers["if-none-match"], etag);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""))
    .some((tag) => tag === "*" || tag === etag);
}
