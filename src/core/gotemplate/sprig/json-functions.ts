/** Sprig's JSON functions. The plain forms swallow errors: bad JSON is nil, what cannot be encoded is no text. */
import { FunctionError } from "../error.js";
import { decodeJson, formatJson, type JsonFormat, parseJson } from "../json.js";
import { type CallContext, GoFunction, type Value } from "../value.js";

const COMPACT: JsonFormat = { escapeHtml: true };
const PRETTY: JsonFormat = { escapeHtml: true, indent: "  " };
const RAW: JsonFormat = { escapeHtml: false };

export const jsonFunctions: readonly GoFunction[] = [
  new GoFunction("fromJson", ["string"], fromJson),
  new GoFunction("mustFromJson", ["string"], mustFromJson),
  new GoFunction("toJson", ["any"], orEmpty(encodeAs(COMPACT))),
  new GoFunction("mustToJson", ["any"], encodeAs(COMPACT)),
  new GoFunction("toPrettyJson", ["any"], orEmpty(encodeAs(PRETTY))),
  new GoFunction("mustToPrettyJson", ["any"], encodeAs(PRETTY)),
  new GoFunction("toRawJson", ["any"], encodeAs(RAW)),
  new GoFunction("mustToRawJson", ["any"], encodeAs(RAW)),
];

// what a JavaScript value takes for the shortest JSON, "[1,1,1 …"
const BYTES_PER_CHARACTER = 8;

function fromJson(context: CallContext, text: string): Value {
  context.allocate(BYTES_PER_CHARACTER * text.length);
  try {
    return decodeJson(text).value;
  } catch (error) {
    if (error instanceof FunctionError) return null;
    throw error;
  }
}

function mustFromJson(context: CallContext, text: string): Value {
  context.allocate(BYTES_PER_CHARACTER * text.length);
  return parseJson(text);
}

type Encode = (context: CallContext, value: Value) => string;

function encodeAs(format: JsonFormat): Encode {
  return (context, value) => formatJson(value, { ...format, context });
}

function orEmpty(encode: Encode): Encode {
  return (context, value) => {
    try {
      return encode(context, value);
    } catch (error) {
      if (error instanceof FunctionError) return "";
      throw error;
    }
  };
}
