import { expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import { checkImageDigests, renderedImages } from "../../../src/core/render/rendered-images.js";
import type { Target } from "../../../src/core/score/project-state.js";

const SHA = `sha256:${"a".repeat(64)}`;
const pod = (image: string) =>
  `{kind: Deployment, spec: {template: {metadata: {labels: {image: "l:1"}}, spec: {containers: [{image: "${image}"}]}}}}`;

test.each<{ name: string; target: Target; texts: string[]; images: string[]; loose: string[] }>([
  {
    name: "services of Compose, but for the one that waits",
    target: "compose",
    texts: [
      `{services: {a: {image: "b:1"}, b: {image: "c@${SHA}"}, wait-for-resources: {image: alpine}, d: {build: .}}}`,
    ],
    images: ["b:1", `c@${SHA}`],
    loose: ["services.a.image"],
  },
  {
    name: "containers of any kind, not labels and not data",
    target: "k8s",
    texts: [pod("b:1"), pod(`c:1@${SHA}`), "{kind: ConfigMap, data: {image: d}}"],
    images: ["b:1", `c:1@${SHA}`],
    loose: ["0.spec.template.spec.containers.0.image"],
  },
  {
    name: "volumes of images",
    target: "k8s",
    texts: ["{kind: Pod, spec: {volumes: [{image: {reference: 'd:1'}}]}}"],
    images: ["d:1"],
    loose: ["0.spec.volumes.0.image.reference"],
  },
])("finds $name", ({ target, texts, images, loose }) => {
  const documents = texts.map((text) => parseYaml(text, { file: "x.yaml" }).value);
  expect(renderedImages(documents, target)).toEqual(images);
  expect(() => checkImageDigests(documents, target)).toThrow(
    expect.objectContaining({
      code: "render_image_digest",
      problems: loose.map((path) => expect.objectContaining({ place: { path } })),
    }),
  );
});

test("takes documents whose images are all named by their digest", () => {
  const { value } = parseYaml(`{services: {a: {image: "b@${SHA}"}}}`, { file: "x.yaml" });
  expect(() => checkImageDigests([value], "compose")).not.toThrow();
});
