/** Entry lists, which environments share. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { formatEntryList } from "../../core/recipe/entry-list.js";
import {
  putEntryList,
  readEntryLists,
  readEnvironmentsOfList,
  requireEntryList,
  type StoredEntryList,
} from "../../flows/entry-list.js";
import type { Registry } from "../../flows/registry.js";
import { cutPage, nameCursor, nameOf } from "../cursor.js";
import { documented } from "../documented.js";
import { DigestConditions, expectedDigest } from "../if-match.js";
import { EntryListBody, EntryListForm } from "./definition-schemas.js";
import {
  DEFAULT_PAGE,
  EntryListName,
  NewEntryListName,
  NextCursor,
  Page,
  tagged,
} from "./schemas.js";

const Params = Type.Object({ list: EntryListName });
const ListDetail = Type.Object({
  name: Type.String(),
  digest: Type.String({ description: "Digest of the list; its ETag" }),
  updatedAt: Type.String({ format: "date-time" }),
  list: documented(Type.Unknown(), EntryListForm),
});
const ListWithUse = Type.Object({
  ...ListDetail.properties,
  environments: Type.Array(Type.String(), {
    description: "Those that refer to it: their next release takes its entries",
  }),
});

export function entryListRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/entry-lists",
      {
        schema: {
          tags: ["environments"],
          summary: "All entry lists",
          querystring: Type.Object(Page, { additionalProperties: false }),
          response: { 200: Type.Object({ lists: Type.Array(ListDetail), next: NextCursor }) },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const after = nameOf(cursor);
        const found = await readEntryLists(registry, {
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ name }) => nameCursor(name));
        return { lists: items.map(view), ...page };
      },
    );

    app.get(
      "/v1/entry-lists/:list",
      {
        schema: {
          tags: ["environments"],
          summary: "An entry list and the environments that share it",
          params: Params,
          response: { 200: tagged(ListWithUse) },
        },
      },
      async (request, reply) => {
        const stored = await requireEntryList(registry, request.params.list);
        return reply.header("etag", `"${stored.digest}"`).send(await withUse(registry, stored));
      },
    );

    app.put(
      "/v1/entry-lists/:list",
      {
        config: { needs: { role: "admin" } },
        schema: {
          tags: ["environments"],
          summary: "Make or change an entry list",
          description:
            "A change needs the ETag of what it changes as If-Match; `If-None-Match: *` only makes. Environments take it in with their next release.",
          params: Type.Object({ list: NewEntryListName }),
          headers: DigestConditions,
          body: EntryListBody,
          response: { 200: tagged(ListWithUse), 201: tagged(ListWithUse) },
        },
      },
      async (request, reply) => {
        const { list, created } = await putEntryList(registry, {
          name: request.params.list,
          list: request.body as JsonValue,
          expected: expectedDigest(request, "an entry list"),
          actor: request.identity.actor,
        });
        return reply
          .code(created ? 201 : 200)
          .header("etag", `"${list.digest}"`)
          .send(await withUse(registry, list));
      },
    );
  };
}

function view({ name, digest, updatedAt, list }: StoredEntryList) {
  return { name, digest, updatedAt: updatedAt.toISOString(), list: formatEntryList(list) };
}

async function withUse(registry: Registry, stored: StoredEntryList) {
  return { ...view(stored), environments: await readEnvironmentsOfList(registry, stored.name) };
}
