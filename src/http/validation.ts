/**
 * Validation of requests by Ajv. Bodies are taken as they are: no unknown field is dropped, no type
 * turned. Paths, queries and headers are text, so there numbers and booleans are read from it.
 */
import { Ajv, type Options, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { FastifySchemaCompiler } from "fastify";

const OPTIONS: Options = {
  removeAdditional: false,
  strict: false,
  useDefaults: true,
  // Errors bring the schema that they are of, for its `x-form`.
  verbose: true,
};

type Validate = ReturnType<FastifySchemaCompiler<object>>;

/** One compiler for each application: compiled schemas are kept in it. */
export function createValidatorCompiler(): FastifySchemaCompiler<object> {
  // A body can hold millions of faults: the first is enough. What a URL holds is short.
  const body = withFormats(new Ajv({ ...OPTIONS, coerceTypes: false, allErrors: false }));
  const text = withFormats(new Ajv({ ...OPTIONS, coerceTypes: true, allErrors: true }));
  return ({ schema, httpPart }) =>
    onFirstUse(() => (httpPart === "body" ? body : text).compile(schema));
}

/** Compiles with the first request, not at start: a tenth of the start goes into schemas otherwise. */
function onFirstUse(compile: () => ValidateFunction): Validate {
  let compiled: ValidateFunction | undefined;
  const validate: Validate = (data) => {
    compiled ??= compile();
    const isValid = compiled(data);
    validate.errors = (compiled.errors ?? null) as Validate["errors"];
    return isValid;
  };
  return validate;
}

function withFormats(ajv: Ajv): Ajv {
  formats.default(ajv, ["date-time"]);
  return ajv;
}
