/** Schemas that several routes share. */
import { Type } from "typebox";

const NAME = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
/** `x-form` is what a text must be, in the words of the error where it is not. */
const NAME_FORM = {
  pattern: NAME,
  "x-form": "up to 63 lower-case letters, digits and inner hyphens",
};

export const EnvironmentName = Type.String(NAME_FORM);
export const EntryListName = Type.String(NAME_FORM);
export const ProjectName = Type.String(NAME_FORM);
export const NamespaceName = Type.String(NAME_FORM);
export const RecipeLocalName = Type.String(NAME_FORM);
/** Who acts, by name; whoever comes without a token has none. */
export const ActorName = Type.String({
  pattern: `^(?!anonymous$)${NAME.slice(1)}`,
  "x-form": `${NAME_FORM["x-form"]}, and not 'anonymous'`,
});
export const WorkloadName = Type.String({ minLength: 1, maxLength: 63 });
export const VersionName = Type.String({ minLength: 5, maxLength: 128 });
export const TargetName = Type.Union([Type.Literal("compose"), Type.Literal("k8s")]);
export const BlobDigest = Type.String({
  pattern: "^sha256:[0-9a-f]{64}$",
  "x-form": "sha256: and 64 hex digits",
});
/** In query strings and paths, where everything is text: converted by the query validator. */
export const ReleaseNumber = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
export const Flag = Type.Boolean();

export const EnvironmentParams = Type.Object({ environment: EnvironmentName });

/** Where a fault is. */
export const FaultPlace = Type.Object({
  file: Type.Optional(Type.String()),
  workload: Type.Optional(Type.String({ description: "The workload that the file is of" })),
  line: Type.Optional(Type.Integer({ description: "From 1" })),
  column: Type.Optional(Type.Integer({ description: "From 1" })),
  path: Type.Optional(
    Type.String({ description: "Keys and indexes joined by dots; a dot inside a key is \\." }),
  ),
});

/** One of several faults, or a warning. */
export const Fault = Type.Object({
  code: Type.String(),
  message: Type.String(),
  place: Type.Optional(FaultPlace),
  hint: Type.Optional(Type.String()),
});

/** A response of another type than JSON, for the API document. */
export function text(mediaType: string, description: string) {
  return { description, content: { [mediaType]: { schema: Type.String() } } };
}

const MAX_PAGE = 500;
export const Page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
};
export const DEFAULT_PAGE = 100;

/** `next` continues the list as `?cursor=`; absent on the last page. */
export const NextCursor = Type.Optional(Type.String());

/** To a client whose If-None-Match names what is there. */
export const NotModified = Type.Null({ description: "What If-None-Match names is still there" });
