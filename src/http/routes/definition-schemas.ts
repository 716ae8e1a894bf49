/**
 * The forms of environments' definitions and entry lists, for the API document. Requests are checked
 * by `core/recipe`, which finds every fault and tells its place.
 */
import { Type } from "typebox";
import {
  MAX_APPROVALS,
  MAX_ENTRIES,
  MAX_NAMESPACES,
  MAX_SIGNATURES,
  MAX_SIGNERS,
  MAX_SOURCES,
} from "../../core/recipe/environment.js";
import { NAME_SHAPE } from "../../core/recipe/names.js";
import { documented } from "../documented.js";
import { KEPT } from "./texts.js";

const name = NAME_SHAPE.source.slice(1, -1);
const digest = { type: "string", pattern: "^sha256:[0-9a-f]{64}$" };
const count = (minimum: number, maximum: number) => ({ type: "integer", minimum, maximum });
const text = (maxLength: number) => ({ type: "string", maxLength, pattern: KEPT });
const narrowing = { type: "string", maxLength: 500, pattern: "^[^\\u0000]*[!-~][^\\u0000]*$" };

const titles = { title: text(100), description: text(4000) };

const entry = {
  type: "object",
  properties: {
    recipe: { type: "string", pattern: `^${name}/${name}$`, maxLength: 104 },
    range: {
      type: "string",
      pattern: "^([\\^~]|[<>]?=?)(0|[1-9][0-9]{0,5})(\\.(0|[1-9][0-9]{0,5})){0,2}$|^\\*$",
      description: "SemVer ranges as npm reads them, or an exact version",
    },
    type: narrowing,
    class: narrowing,
    id: narrowing,
    target: { type: "string", enum: ["compose", "k8s"] },
    patches: { type: "boolean", default: true },
  },
  required: ["recipe", "range"],
  additionalProperties: false,
};

const list = {
  type: "object",
  properties: { list: { type: "string", pattern: NAME_SHAPE.source, maxLength: 63 } },
  required: ["list"],
  additionalProperties: false,
  description: "All entries of an entry list, in this place",
};

const rules = {
  type: "object",
  properties: {
    prereleases: { type: "boolean", default: false },
    namespaces: {
      type: "array",
      items: { type: "string", pattern: NAME_SHAPE.source, maxLength: 40 },
      maxItems: MAX_NAMESPACES,
    },
    signatures: count(1, MAX_SIGNATURES),
    signers: { type: "array", items: digest, maxItems: MAX_SIGNERS },
    commands: { type: "boolean", default: false },
    imagesByDigest: { type: "boolean", default: false },
    approvals: count(0, MAX_APPROVALS),
    promotesFrom: {
      type: "array",
      items: { type: "string", pattern: NAME_SHAPE.source, maxLength: 63 },
      maxItems: MAX_SOURCES,
    },
  },
  additionalProperties: false,
};

export const EnvironmentForm = {
  type: "object",
  properties: {
    ...titles,
    entries: { type: "array", items: { anyOf: [entry, list] }, maxItems: MAX_ENTRIES },
    rules,
  },
  required: ["entries"],
  additionalProperties: false,
};

export const EntryListForm = {
  type: "object",
  properties: { ...titles, entries: { type: "array", items: entry, maxItems: MAX_ENTRIES } },
  required: ["entries"],
  additionalProperties: false,
};

const AnyObject = Type.Object({}, { additionalProperties: true });

export const EnvironmentBody = documented(AnyObject, {
  ...EnvironmentForm,
  description: "The definition",
});

export const EntryListBody = documented(AnyObject, {
  ...EntryListForm,
  description: "The list",
});
