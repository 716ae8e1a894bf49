/** The rules of an environment that concern what a release serves, not which version a range takes. */
import type { Problem } from "../../errors.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { TARGETS, type Target } from "../score/project-state.js";
import type { EnvironmentRules } from "./environment.js";
import { type Provisioner, provisionerKind } from "./provisioner.js";
import type { ReleaseDocument } from "./release-document.js";

/** What is known of versions' images: by version digest, then by target. */
export type KnownImages = ReadonlyMap<string, Readonly<Partial<Record<Target, readonly string[]>>>>;

/** Every entry of a release that breaks a rule: rule_commands, rule_image_digest. */
export function findRuleBreaches(
  document: ReleaseDocument,
  provisioners: Readonly<Record<Target, readonly Provisioner[]>>,
  { rules, images }: { readonly rules: EnvironmentRules; readonly images: KnownImages },
): Problem[] {
  return [
    ...(rules.commands ? [] : findCommands(document, provisioners)),
    ...(rules.imagesByDigest ? findLooseImages(document, images) : []),
  ];
}

/** Whether an image reference names its content: `NAME@sha256:…`. */
export function hasImageDigest(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image);
}

function findCommands(
  document: ReleaseDocument,
  provisioners: Readonly<Record<Target, readonly Provisioner[]>>,
): Problem[] {
  return TARGETS.flatMap((target) =>
    provisioners[target].flatMap(({ uri }, index) => {
      if (provisionerKind(uri) !== "command") return [];
      const message = `${target}: ${uri} runs a program, and the environment's rules do not allow commands`;
      const entry = document.targets[target].origins[index] ?? 0;
      return [
        { code: "rule_commands", message, place: { path: formatYamlPath(["entries", entry]) } },
      ];
    }),
  );
}

function findLooseImages(document: ReleaseDocument, images: KnownImages): Problem[] {
  return document.entries.flatMap(({ recipe, version, digest, target }, index) =>
    TARGETS.filter((one) => target === undefined || target === one).flatMap((one) =>
      (images.get(digest)?.[one] ?? [])
        .filter((image) => !hasImageDigest(image))
        .map((image) => ({
          code: "rule_image_digest",
          message: `${one}: ${recipe} ${version} uses the image ${image}, and the environment's rules want images by digest`,
          place: { path: formatYamlPath(["entries", index]) },
        })),
    ),
  );
}
