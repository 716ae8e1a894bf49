import { expect, test } from "vitest";
import { splitReference } from "../../src/cli/frame/reference.js";

test.each([
  { text: "acme/cache", reference: { name: "acme/cache", part: undefined } },
  { text: "acme/cache@1.2.3", reference: { name: "acme/cache", part: "1.2.3" } },
  { text: "acme/cache@^1.2 || 3", reference: { name: "acme/cache", part: "^1.2 || 3" } },
  { text: "staging@4", reference: { name: "staging", part: "4" } },
  { text: "", reference: undefined },
  { text: "@1.0.0", reference: undefined },
  { text: "acme/cache@", reference: undefined },
  { text: "acme/cache@1@2", reference: undefined },
])("splits '$text'", ({ text, reference }) => {
  expect(splitReference(text)).toEqual(reference);
});
