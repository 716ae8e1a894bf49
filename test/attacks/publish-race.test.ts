/** Row 20: many publishers of one version at once. */
import { expect, onTestFinished, test } from "vitest";
import { buildManifest } from "../../src/core/oci/manifest.js";
import { formatSubmission } from "../../src/core/oci/submission.js";
import { checkServedLog } from "../helpers/log.js";
import { labels, type RecipeText, recipe, startWith, submission } from "../helpers/recipes.js";
import { STORES } from "../helpers/stores.js";

const PUBLISHERS = 100;
const PATH = "/v1/recipes/acme/labels/versions/1.0.0";

interface Answer {
  readonly digest: string;
  readonly logIndex: number;
}

const race = STORES.flatMap((kind) => [
  {
    ...{ kind, mix: "the same content from half of them" },
    titleOf: (i: number) => (i % 2 === 0 ? "The same" : `Number ${i}`),
  },
  {
    ...{ kind, mix: "each its own content" },
    titleOf: (i: number) => `Title ${i}`,
  },
]);

test.each(race)(
  "attack 20: of 100 concurrent publishes of one version, $mix, one wins on $kind.name",
  async ({ kind, titleOf }) => {
    const server = await startWith(kind, []);
    onTestFinished(() => server.close());
    const before = await server.logSize();
    const contents = Array.from(
      { length: PUBLISHERS },
      (_, i): RecipeText => ({ ...labels("1.0.0"), metadata: `title: ${titleOf(i)}\n` }),
    );
    const digests = contents.map((content) => buildManifest(recipe(content)).digest);
    const bodies = contents.map((text) => formatSubmission(submission(text, server.publisher)));
    const replies = await Promise.all(
      bodies.map((body) => server.admin(PATH, { method: "PUT", body })),
    );

    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const winner = replies.find(({ status }) => status === 201)?.json<Answer>();
    expect(winner?.logIndex).toBe(before);
    for (const [i, reply] of replies.entries()) {
      if (digests[i] === winner?.digest) {
        expect([200, 201]).toContain(reply.status);
        expect(reply.json()).toMatchObject({ digest: winner?.digest, logIndex: before });
      } else {
        expect(reply.json()).toMatchObject({ status: 409, code: "publish_conflict" });
      }
    }
    expect((await server.call(PATH)).json()).toMatchObject({ digest: winner?.digest });
    expect(await server.logSize()).toBe(before + 1);
    expect(await checkServedLog(server)).toHaveLength(before + 1);
  },
);
