/** Namespaces: their owners, keys and rules. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import {
  type Namespace,
  type NamespaceSummary,
  putNamespace,
  readNamespace,
  readNamespaces,
  revokePublisherKey,
  tombstoneNamespace,
} from "../../flows/namespace.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, nameCursor, nameOf } from "../cursor.js";
import { documented } from "../documented.js";
import { DigestConditions, expectedDigest, Known } from "../if-match.js";
import { isKnown } from "../immutable.js";
import { timeOf } from "../time.js";
import {
  ActorName,
  DEFAULT_PAGE,
  Digest,
  NamespaceName,
  NewNamespaceName,
  NextCursor,
  NotModified,
  Page,
  tagged,
} from "./schemas.js";
import { linesOf } from "./texts.js";

const Params = Type.Object({ namespace: NamespaceName });
const MAX_KEYS = 50;
const MAX_OWNERS = 50;

const Visibility = Type.Union([Type.Literal("public"), Type.Literal("private")], {
  description: "The recipes of a private namespace are shown to administrators and its owners only",
});
const Commands = Type.Boolean({ description: "Whether its recipes may have cmd:// provisioners" });

const NamespaceEntry = Type.Object({
  name: Type.String(),
  owners: Type.Array(Type.String()),
  signatures: Type.Integer({ description: "How many different keys must sign a version" }),
  visibility: Visibility,
  commands: Commands,
  createdAt: Type.String({ format: "date-time" }),
  tombstonedAt: Type.Optional(
    Type.String({ format: "date-time", description: "When it was given up, for good" }),
  ),
});

const KeyDetail = Type.Object({
  fingerprint: Type.String(),
  publicKey: Type.String({ description: "SPKI, PEM" }),
  since: Type.String({ format: "date-time", description: "When it was listed" }),
});

const NamespaceDetail = Type.Object({
  ...NamespaceEntry.properties,
  publisherKeys: Type.Array(KeyDetail),
  revokedKeys: Type.Array(
    Type.Object({
      ...KeyDetail.properties,
      revokedAt: Type.String({
        format: "date-time",
        description: "What it signed and the log took in since then is not accepted",
      }),
      reason: Type.Optional(Type.String()),
    }),
    { description: "Keys that were on the list; none of them comes back" },
  ),
});

const RevocationBody = Type.Object(
  {
    reason: linesOf({ minLength: 1, maxLength: 500, description: "For people; in the log" }),
    at: Type.Optional(
      Type.String({
        format: "date-time",
        description:
          "From when on nothing that it signed is accepted: now, or earlier; a later time is a 409",
      }),
    ),
  },
  { additionalProperties: false },
);

const NamespaceBody = Type.Object(
  {
    owners: Type.Optional(
      Type.Array(ActorName, {
        maxItems: MAX_OWNERS,
        description: "Who may change it and publish in it, beside administrators",
      }),
    ),
    publisherKeys: Type.Optional(
      Type.Array(Type.String({ description: "SPKI, PEM", maxLength: 4096 }), {
        maxItems: MAX_KEYS,
      }),
    ),
    signatures: Type.Optional(
      documented(Type.Integer(), { type: "integer", minimum: 1, maximum: MAX_KEYS }),
    ),
    visibility: Type.Optional(Visibility),
    commands: Type.Optional(Commands),
  },
  { additionalProperties: false },
);

export function namespaceRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/namespaces",
      {
        schema: {
          tags: ["namespaces"],
          summary: "All namespaces, in order of name",
          querystring: Type.Object(Page, { additionalProperties: false }),
          response: {
            200: Type.Object({ namespaces: Type.Array(NamespaceEntry), next: NextCursor }),
          },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const after = nameOf(cursor);
        const found = await readNamespaces(registry, {
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ name }) => nameCursor(name));
        return { namespaces: items.map(entry), ...page };
      },
    );

    app.get(
      "/v1/namespaces/:namespace",
      {
        schema: {
          tags: ["namespaces"],
          summary: "A namespace, its rules and publisher keys",
          params: Params,
          headers: Known,
          response: { 200: tagged(NamespaceDetail), 304: NotModified },
        },
      },
      async (request, reply) => {
        const namespace = await readNamespace(registry.db, request.params.namespace);
        if (isKnown(request, reply, namespace.digest)) return reply.code(304).send(null);
        return reply.send(detail(namespace));
      },
    );

    app.put(
      "/v1/namespaces/:namespace",
      {
        config: { needs: "name" },
        schema: {
          tags: ["namespaces"],
          summary: "Make or change a namespace",
          description:
            "Administrators make namespaces; they and its owners change them. What is left out stays as it is. " +
            "With the ETag that was read as If-Match, a change by somebody else in between is not lost.",
          params: Type.Object({ namespace: NewNamespaceName }),
          headers: DigestConditions,
          body: NamespaceBody,
          response: { 200: tagged(NamespaceDetail) },
        },
      },
      async (request, reply) => {
        const { publisherKeys: publicKeys, ...change } = request.body;
        const namespace = await putNamespace(
          registry,
          { ...change, publicKeys, name: request.params.namespace },
          { expected: expectedDigest(request, "a namespace"), caller: request.identity },
        );
        return reply.header("etag", `"${namespace.digest}"`).send(detail(namespace));
      },
    );

    app.post(
      "/v1/namespaces/:namespace/keys/:fingerprint/revoke",
      {
        config: { needs: "name" },
        schema: {
          tags: ["namespaces"],
          summary: "Revoke a publisher key from a time on",
          description:
            "For a key that was stolen or lost. What it signed and the log took in before `at` stays accepted. " +
            "Revoked already, it takes an earlier time. Too few keys may be left to publish with.",
          params: Type.Object({
            ...Params.properties,
            fingerprint: Digest,
          }),
          body: RevocationBody,
          response: { 200: NamespaceDetail },
        },
      },
      async (request, reply) => {
        const { namespace: name, fingerprint } = request.params;
        const { reason, at } = request.body;
        const namespace = await revokePublisherKey(
          registry,
          name,
          { fingerprint, reason, at: at === undefined ? undefined : timeOf(at) },
          { expected: expectedDigest(request, "a namespace"), caller: request.identity },
        );
        return reply.header("etag", `"${namespace.digest}"`).send(detail(namespace));
      },
    );

    app.delete(
      "/v1/namespaces/:namespace",
      {
        config: { needs: "name" },
        schema: {
          tags: ["namespaces"],
          summary: "Give a namespace up, for good",
          description:
            "Nothing is published in it again, and its name is never given to anybody. What was published stays.",
          params: Params,
          headers: DigestConditions,
          response: { 200: tagged(NamespaceDetail) },
        },
      },
      async (request, reply) => {
        const namespace = await tombstoneNamespace(registry, request.params.namespace, {
          expected: expectedDigest(request, "a namespace"),
          caller: request.identity,
        });
        return reply.header("etag", `"${namespace.digest}"`).send(detail(namespace));
      },
    );
  };
}

function entry(namespace: NamespaceSummary) {
  const { name, owners, signatures, visibility, commands, createdAt, tombstonedAt } = namespace;
  return {
    name,
    owners: [...owners],
    signatures,
    visibility,
    commands,
    createdAt: createdAt.toISOString(),
    ...(tombstonedAt === null ? {} : { tombstonedAt: tombstonedAt.toISOString() }),
  };
}

function detail(namespace: Namespace) {
  const revokedKeys = namespace.revokedKeys.map((key) => ({
    ...keyDetail(key),
    revokedAt: key.revokedAt.toISOString(),
    ...(key.revokedReason === null ? {} : { reason: key.revokedReason }),
  }));
  return {
    ...entry(namespace),
    publisherKeys: namespace.publisherKeys.map(keyDetail),
    revokedKeys,
  };
}

function keyDetail({ fingerprint, publicKey, since }: Namespace["publisherKeys"][number]) {
  return { fingerprint, publicKey, since: since.toISOString() };
}
