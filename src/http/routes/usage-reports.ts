/** `POST /v1/usage/reports`: what was rendered elsewhere with an environment's files. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Registry } from "../../flows/registry.js";
import { type ReportAnswer, report } from "../../flows/report.js";
import { EnvironmentName, ProjectName, ReleaseNumber, TargetName } from "./schemas.js";
import { lineOf } from "./texts.js";

const MAX_BODY_BYTES = 1024 * 1024;

const line = (maxLength: number, description: string) =>
  lineOf({ minLength: 1, maxLength, description });

const ReportBody = Type.Object(
  {
    environment: EnvironmentName,
    target: TargetName,
    project: Type.Optional({
      ...ProjectName,
      description:
        "The report stands for the whole project: what it does not say is no longer used. Absent: records as of a stateless render",
    }),
    release: Type.Optional({
      ...ReleaseNumber,
      description: "With whose files it was rendered; absent: the current one",
    }),
    workloads: Type.Array(
      Type.Object(
        {
          name: line(63, "The workload"),
          resources: Type.Array(
            Type.Object(
              {
                resource: line(300, "Resource uid `type.class#id`"),
                provisioner: line(512, "The uri of the provisioner that served it"),
              },
              { additionalProperties: false },
            ),
            { maxItems: 1000 },
          ),
          patchTemplates: Type.Optional(
            Type.Array(
              Type.String({
                pattern: "^sha256:[0-9a-f]{64}$",
                "x-form": "sha256: and 64 lower-case hexadecimal digits",
              }),
              { maxItems: 200, description: "Digests of those that were applied to it" },
            ),
          ),
        },
        { additionalProperties: false },
      ),
      { maxItems: 200 },
    ),
  },
  { additionalProperties: false },
);

const Use = {
  workload: Type.String(),
  resource: Type.String({ description: "Resource uid `type.class#id`, or `patch-template#NAME`" }),
};

const ReportAnswerBody = Type.Object({
  environment: Type.String(),
  target: TargetName,
  release: Type.Object({ number: ReleaseNumber, digest: Type.String() }),
  recorded: Type.Array(
    Type.Object({
      ...Use,
      recipe: Type.String(),
      version: Type.String(),
      digest: Type.String(),
    }),
  ),
  unmatched: Type.Array(
    Type.Object({
      workload: Use.workload,
      resource: Type.String({ description: "Resource uid, or the digest of a patch template" }),
      provisioner: Type.Optional(Type.String()),
      code: Type.Union(
        [
          Type.Literal("report_resource"),
          Type.Literal("report_provisioner"),
          Type.Literal("report_passed_over"),
          Type.Literal("report_patch"),
        ],
        {
          description:
            "It is no uid; the release has no provisioner of that uri; it has, and another serves the resource; it has no such patch template",
        },
      ),
      message: Type.String(),
    }),
    { description: "What the release does not bear out; nothing of it is recorded" },
  ),
});

export function usageReportRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/usage/reports",
      {
        bodyLimit: MAX_BODY_BYTES,
        config: { needs: "name" },
        schema: {
          tags: ["audit"],
          summary: "Record what a command line rendered with an environment's files",
          description:
            "For renders that this service did not make: those of score-compose, score-k8s and `backbar render --local`. " +
            "Each use is recorded as far as the release bears it out.",
          body: ReportBody,
          response: { 200: ReportAnswerBody },
        },
      },
      async (request) => {
        const { project, release, workloads, ...body } = request.body;
        const used = workloads.map((one) => ({ patchTemplates: [], ...one }));
        const asked = { ...body, project, release, workloads: used, caller: request.identity };
        return answer(await report(registry, asked));
      },
    );
  };
}

function answer({ recorded, unmatched, ...report }: ReportAnswer) {
  return {
    ...report,
    recorded: recorded.map(({ workload, resource, recipe: { name, version, digest } }) => ({
      ...{ workload, resource, recipe: name, version, digest },
    })),
    unmatched: unmatched.map((one) => ({ ...one })),
  };
}
