/** The log as C2SP tlog-tiles serves it, the proofs that need no log, and the envelopes of its leaves. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sha256Digest } from "../../core/codec/digest.js";
import { parseBundlePath, parseTilePath } from "../../core/tlog/tile-path.js";
import { readCheckpoint } from "../../flows/checkpoint.js";
import { proveRelease, proveVersion, readBundle, readTile } from "../../flows/log-content.js";
import { readEnvelope } from "../../flows/log-envelope.js";
import type { Registry } from "../../flows/registry.js";
import { sendImmutable, sendImmutablePrivate, sendTagged } from "../immutable.js";
import { Digest, EnvironmentParams, ReleaseNumber, text } from "./schemas.js";
import { recipeName, VersionParams } from "./version-schemas.js";

/** Behind a cache, a checkpoint is that much older. */
const CHECKPOINT_MAX_AGE_SECONDS = 2;
const BYTES = "application/octet-stream";
const PLAIN = "text/plain; charset=utf-8";

const TilePath = Type.Object({ "*": Type.String({ maxLength: 64 }) });

export function logRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/log/checkpoint",
      {
        schema: {
          tags: ["log"],
          summary: "The log's newest checkpoint, a signed note (C2SP tlog-checkpoint)",
          description:
            "Signed by the log under its origin, with the log's own timestamped cosignature, not older " +
            "than a minute, and those of witnesses.",
          response: { 200: text("text/plain", "The signed note") },
        },
      },
      async (request, reply) => {
        const content = await readCheckpoint(registry);
        reply.header("cache-control", `max-age=${CHECKPOINT_MAX_AGE_SECONDS}`);
        return sendTagged(request, reply, plain(content));
      },
    );

    app.get(
      "/v1/log/tile/entries/*",
      {
        schema: {
          tags: ["log"],
          summary: "Up to 256 leaves, each after its length (C2SP tlog-tiles, entry bundle)",
          description: "N, or N.p/W for the first W of them; N as groups of digits: x001/x234/067.",
          params: TilePath,
          response: { 200: text(BYTES, "The bundle") },
        },
      },
      async (request, reply) => {
        const place = parseBundlePath(`tile/entries/${request.params["*"]}`);
        return sendImmutable(request, reply, bytes(await readBundle(registry, place)));
      },
    );

    app.get(
      "/v1/log/tile/*",
      {
        schema: {
          tags: ["log"],
          summary: "Up to 256 hashes of the log's tree (C2SP tlog-tiles)",
          description: "L/N, or L/N.p/W for a partial tile; N as groups of digits: x001/x234/067.",
          params: TilePath,
          response: { 200: text(BYTES, "The hashes, 32 bytes each") },
        },
      },
      async (request, reply) => {
        const tile = parseTilePath(`tile/${request.params["*"]}`);
        return sendImmutable(request, reply, bytes(await readTile(registry, tile)));
      },
    );

    app.get(
      "/v1/log/envelopes/:digest",
      {
        schema: {
          tags: ["log"],
          summary: "The signed record or release behind a leaf",
          description:
            "Compact JWS. What is about private namespaces is there for those who see them; what was " +
            "broken by force for those who see the uses; usage and tokens for auditors.",
          params: Type.Object({ digest: Digest }),
          response: { 200: text("application/jose", "The envelope") },
        },
      },
      async (request, reply) => {
        const { digest } = request.params;
        const content = await readEnvelope(registry, request.identity, digest);
        return sendImmutablePrivate(request, reply, {
          content,
          digest,
          mediaType: "application/jose",
        });
      },
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions/:version/proof",
      {
        schema: {
          tags: ["log"],
          summary: "That a version's publishing is in the log, as a proof to check offline",
          params: VersionParams,
          response: { 200: text("text/plain", "C2SP tlog-proof") },
        },
      },
      async (request, reply) => {
        const recipe = recipeName(request.params);
        const { version } = request.params;
        const proof = await proveVersion(registry, request.identity, recipe, version);
        return sendTagged(
          request,
          reply.header("cache-control", "private, no-cache"),
          plain(proof),
        );
      },
    );

    app.get(
      "/v1/environments/:environment/releases/:number/proof",
      {
        schema: {
          tags: ["log"],
          summary: "That a release is in the log, as a proof to check offline",
          params: Type.Object({ ...EnvironmentParams.properties, number: ReleaseNumber }),
          response: { 200: text("text/plain", "C2SP tlog-proof") },
        },
      },
      async (request, reply) => {
        const { environment, number } = request.params;
        const proof = await proveRelease(registry, environment, number);
        return sendTagged(request, reply.header("cache-control", "no-cache"), plain(proof));
      },
    );
  };
}

function plain(content: string) {
  return { content, digest: sha256Digest(content), mediaType: PLAIN };
}

function bytes(content: Uint8Array) {
  return { content, digest: sha256Digest(content), mediaType: BYTES };
}
