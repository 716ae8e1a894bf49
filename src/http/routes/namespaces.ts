/** Namespaces and the keys that may publish in them. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import {
  type Namespace,
  putNamespace,
  readNamespace,
  readNamespaces,
} from "../../flows/namespace.js";
import type { Registry } from "../../flows/registry.js";
import { requireAdmin } from "../identity.js";
import { NamespaceName } from "./schemas.js";

const Params = Type.Object({ namespace: NamespaceName });
const NamespaceDetail = Type.Object({
  name: Type.String(),
  publisherKeys: Type.Array(
    Type.Object({
      fingerprint: Type.String(),
      publicKey: Type.String({ description: "SPKI, PEM" }),
    }),
  ),
});

export function namespaceRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/namespaces",
      {
        schema: {
          tags: ["namespaces"],
          summary: "All namespaces",
          response: { 200: Type.Object({ namespaces: Type.Array(Type.String()) }) },
        },
      },
      async () => ({ namespaces: await readNamespaces(registry) }),
    );

    app.get(
      "/v1/namespaces/:namespace",
      {
        schema: {
          tags: ["namespaces"],
          summary: "A namespace and its publisher keys",
          params: Params,
          response: { 200: NamespaceDetail },
        },
      },
      async (request) => view(await readNamespace(registry.db, request.params.namespace)),
    );

    app.put(
      "/v1/namespaces/:namespace",
      {
        schema: {
          tags: ["namespaces"],
          summary: "Make a namespace, or replace its publisher keys",
          security: [{ token: [] }],
          params: Params,
          body: Type.Object(
            {
              publisherKeys: Type.Array(
                Type.String({ description: "SPKI, PEM", maxLength: 4096 }),
                {
                  maxItems: 50,
                },
              ),
            },
            { additionalProperties: false },
          ),
          response: { 200: NamespaceDetail },
        },
      },
      async (request) => {
        requireAdmin(request.identity);
        const { namespace } = await putNamespace(registry, {
          name: request.params.namespace,
          publicKeys: request.body.publisherKeys,
          actor: request.identity.actor,
        });
        return view(namespace);
      },
    );
  };
}

function view({ name, publisherKeys }: Namespace) {
  return { name, publisherKeys: publisherKeys.map((key) => ({ ...key })) };
}
