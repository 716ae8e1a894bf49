/** Releases: cut, listed, shown, and the catalog that says which one is current. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { formatRelease } from "../../core/recipe/release-document.js";
import { approveRelease, type ReleaseApprovals, readApprovals } from "../../flows/approval.js";
import { readCatalog } from "../../flows/pointer.js";
import type { Registry } from "../../flows/registry.js";
import { cutRelease, previewRelease } from "../../flows/release.js";
import { type ReleaseSummary, readRelease, readReleases } from "../../flows/release-list.js";
import { cutPage, offsetCursor, offsetOf } from "../cursor.js";
import {
  optionsOf,
  PreviewQuery,
  ReleaseAnswer,
  ReleaseAsk,
  showPreview,
  showRelease,
} from "./release-schemas.js";
import {
  DEFAULT_PAGE,
  EnvironmentParams,
  NextCursor,
  OffsetPage,
  ReleaseNumber,
} from "./schemas.js";
import { linesOf } from "./texts.js";

const Status = Type.Enum(["current", "waiting", "past", "superseded"], {
  description: "`superseded`: another became current before it was approved",
});

const EarlierRelease = { number: ReleaseNumber, digest: Type.String() };

const ReleaseEntry = Type.Object({
  number: ReleaseNumber,
  digest: Type.String(),
  createdAt: Type.String({ format: "date-time" }),
  activatedAt: Type.Optional(Type.String({ format: "date-time" })),
  status: Status,
  actor: Type.Optional(Type.String({ description: "Who cut it" })),
  promotion: Type.Optional(
    Type.Object(
      { environment: Type.String(), ...EarlierRelease },
      { description: "The release whose versions it took" },
    ),
  ),
  rollback: Type.Optional(
    Type.Object(EarlierRelease, { description: "The earlier release whose content it has" }),
  ),
  forced: Type.Optional(Type.Boolean({ description: "Whether a refusal was overridden" })),
  logIndex: Type.Integer({ description: "Its leaf in the log" }),
});

const Approvals = Type.Object({
  needed: Type.Integer({ description: "How many others than who cut it must approve it" }),
  given: Type.Array(
    Type.Object({
      actor: Type.String(),
      comment: Type.Optional(Type.String()),
      at: Type.String({ format: "date-time" }),
    }),
  ),
});

export function releaseRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/environments/:environment/releases",
      {
        schema: {
          tags: ["releases"],
          summary: "The releases of an environment, newest first",
          params: EnvironmentParams,
          querystring: Type.Object(OffsetPage, { additionalProperties: false }),
          response: {
            200: Type.Object({
              releases: Type.Array(ReleaseEntry),
              next: NextCursor,
            }),
          },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const before = offsetOf(cursor);
        const found = await readReleases(registry, request.params.environment, {
          ...(before === 0 ? {} : { before }),
          limit: limit + 1,
        });
        const { items, ...page } = cutPage(found, limit, ({ number }) => offsetCursor(number));
        return { releases: items.map(entry), ...page };
      },
    );

    app.post(
      "/v1/environments/:environment/releases",
      {
        schema: {
          tags: ["releases"],
          summary: "Cut a release: resolve every entry, freeze, sign",
          description: "Needs a token, unless it is a preview.",
          params: EnvironmentParams,
          querystring: PreviewQuery,
          body: Type.Union([Type.Null(), Type.Object(ReleaseAsk, { additionalProperties: false })]),
          response: { 200: ReleaseAnswer, 201: ReleaseAnswer },
        },
      },
      async (request, reply) => {
        const { environment } = request.params;
        const options = optionsOf(request.body, request.identity);
        if (request.query.preview === true) {
          return showPreview(await previewRelease(registry, environment, options));
        }
        const made = await cutRelease(registry, environment, options);
        return reply.code(made.created ? 201 : 200).send(showRelease(made));
      },
    );

    app.get(
      "/v1/environments/:environment/releases/:number",
      {
        schema: {
          tags: ["releases"],
          summary: "A release: its document and the signed form",
          params: Type.Object({
            ...EnvironmentParams.properties,
            number: Type.Union([ReleaseNumber, Type.Literal("current")]),
          }),
          response: {
            200: Type.Object({
              ...ReleaseEntry.properties,
              release: Type.Unknown(),
              signed: Type.String({ description: "Compact JWS by the release key" }),
              approvals: Approvals,
            }),
          },
        },
      },
      async (request) => {
        const { environment, number } = request.params;
        const found = await readRelease(
          registry,
          environment,
          number === "current" ? undefined : number,
        );
        return {
          ...entry(found),
          release: formatRelease(found.document),
          signed: found.jws,
          approvals: showApprovals(await readApprovals(registry, found.document)),
        };
      },
    );

    app.post(
      "/v1/environments/:environment/releases/:number/approvals",
      {
        config: { needs: { role: "approver", on: "environment" } },
        schema: {
          tags: ["releases"],
          summary: "Approve a release that waits",
          description:
            "By somebody else than who cut it. The last approval that the rules want makes it the current one.",
          params: Type.Object({ ...EnvironmentParams.properties, number: ReleaseNumber }),
          body: Type.Union([
            Type.Null(),
            Type.Object(
              {
                comment: Type.Optional(
                  linesOf({ minLength: 1, maxLength: 500, description: "For people; in the log" }),
                ),
              },
              { additionalProperties: false },
            ),
          ]),
          response: {
            200: Type.Object({
              ...Approvals.properties,
              current: Type.Boolean({ description: "Whether this approval made it current" }),
            }),
          },
        },
      },
      async (request) => {
        const { current, ...approvals } = await approveRelease(registry, {
          ...request.params,
          actor: request.identity.actor,
          comment: request.body?.comment,
        });
        return { ...showApprovals(approvals), current };
      },
    );

    app.get(
      "/v1/environments/:environment/catalog",
      {
        schema: {
          tags: ["releases"],
          summary: "The current release and the pointer to it, both signed",
          params: EnvironmentParams,
          response: {
            200: {
              description: "Both as compact JWS",
              content: {
                "application/jose+json": {
                  schema: Type.Object({
                    pointer: Type.String({ description: "Expires" }),
                    release: Type.String({ description: "Never expires" }),
                  }),
                },
              },
            },
          },
        },
      },
      async (request, reply) =>
        reply
          .type("application/jose+json")
          .header("cache-control", "no-cache")
          .serializer(JSON.stringify)
          .send(await readCatalog(registry, request.params.environment)),
    );
  };
}

function entry({ createdAt, activatedAt, provenance, ...release }: ReleaseSummary) {
  const { number, digest, status, logIndex } = release;
  return {
    ...{ number, digest, createdAt: createdAt.toISOString(), status, logIndex },
    ...(activatedAt === null ? {} : { activatedAt: activatedAt.toISOString() }),
    ...provenance,
  };
}

function showApprovals({ needed, given }: ReleaseApprovals) {
  return { needed, given: given.map((one) => ({ ...one, at: one.at.toISOString() })) };
}
