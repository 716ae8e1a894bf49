/** Schemas that several routes share. */
import { type TSchema, Type } from "typebox";
import {
  MAX_NAME_LENGTH,
  MAX_NAMESPACE_LENGTH,
  NAME_SHAPE,
  RESERVED_ENVIRONMENTS,
  RESERVED_NAMESPACES,
} from "../../core/recipe/names.js";
import { MAX_VERSION_LENGTH } from "../../core/recipe/version.js";
import { NAME_CURSOR, OFFSET_CURSOR } from "../cursor.js";
import { documented } from "../documented.js";
import { KEPT } from "./texts.js";

const NAME = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
/** `x-form` is what a text must be, in the words of the error where it is not. */
const NAME_FORM = {
  pattern: NAME,
  "x-form": "up to 63 lower-case letters, digits and inner hyphens",
};

export const EnvironmentName = Type.String(NAME_FORM);
export const EntryListName = Type.String(NAME_FORM);
/** Of what is made; a name that is none is told by its own code. */
export const NewEnvironmentName = documented(
  EnvironmentName,
  newName(MAX_NAME_LENGTH, RESERVED_ENVIRONMENTS),
);
export const NewEntryListName = documented(EntryListName, newName(MAX_NAME_LENGTH));
export const ProjectName = Type.String(NAME_FORM);
export const NamespaceName = Type.String(NAME_FORM);
export const NewNamespaceName = documented(
  NamespaceName,
  newName(MAX_NAMESPACE_LENGTH, RESERVED_NAMESPACES),
);
export const RecipeLocalName = Type.String(NAME_FORM);
export const NewRecipeLocalName = documented(RecipeLocalName, newName(MAX_NAME_LENGTH));
/** Who acts, by name; whoever comes without a token has none. */
export const ActorName = Type.String({
  pattern: `^(?!anonymous$)${NAME.slice(1)}`,
  "x-form": `${NAME_FORM["x-form"]}, and not 'anonymous'`,
});
export const WorkloadName = Type.String({ minLength: 1, maxLength: 63 });
/** A SemVer version without build metadata (semver.org §2, §9). */
const VERSION = (() => {
  const number = "(0|[1-9][0-9]{0,14})";
  const identifier = "(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
  return `${number}\\.${number}\\.${number}(-${identifier}(\\.${identifier})*)?`;
})();
/** `NAMESPACE/NAME` or `NAMESPACE/NAME@VERSION`. */
export const RECIPE_OR_VERSION = (() => {
  const name = NAME_SHAPE.source.slice(1, -1);
  return `^${name}/${name}(@${VERSION})?$`;
})();
export const VersionName = documented(Type.String({ minLength: 5, maxLength: 128 }), {
  type: "string",
  pattern: `^${VERSION}$`,
  maxLength: MAX_VERSION_LENGTH,
});
export const TargetName = Type.Union([Type.Literal("compose"), Type.Literal("k8s")]);
export const Digest = Type.String({
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

/** A response of other types than JSON, for the API document; YAML may hold whatever it holds. */
export function text(mediaTypes: string | readonly string[], description: string) {
  const schemaOf = (type: string) => (type.endsWith("yaml") ? Type.Unknown() : Type.String());
  const content = [mediaTypes].flat().map((type) => [type, { schema: schemaOf(type) }]);
  return { description, content: Object.fromEntries(content) };
}

/** Text of a query: whatever may be looked for. */
export const QueryText = (minLength: number, maxLength: number, description?: string) =>
  Type.String({
    minLength,
    maxLength,
    pattern: KEPT,
    ...(description === undefined ? {} : { description }),
  });

/** An answer that brings its ETag. */
export function tagged<T extends TSchema>(answer: T): T {
  return documented(answer, { ...answer, headers: { etag: { type: "string" } } });
}

const MAX_PAGE = 500;
export const DEFAULT_PAGE = 100;
/** Of a list that is continued after a name, after a version, or at a count. */
export const Page = page(NAME_CURSOR);
export const VersionPage = page(`^n:${VERSION}$`, "n:".length + MAX_VERSION_LENGTH);
export const OffsetPage = page(OFFSET_CURSOR);

function page(cursor: string, maxLength = 128) {
  return {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })),
    cursor: Type.Optional(
      Type.String({
        maxLength,
        pattern: cursor,
        "x-form": "a cursor that this list gave as `next`",
        description: "The `next` of the page before",
      }),
    ),
  };
}

/** `next` continues the list as `?cursor=`; absent on the last page. */
export const NextCursor = Type.Optional(Type.String());

/** To a client whose If-None-Match names what is there. */
export const NotModified = Type.Null({ description: "What If-None-Match names is still there" });

function newName(maxLength: number, reserved: ReadonlySet<string> = new Set()) {
  return {
    type: "string",
    pattern: NAME_SHAPE.source,
    maxLength,
    ...(reserved.size === 0 ? {} : { not: { enum: [...reserved] } }),
  };
}
