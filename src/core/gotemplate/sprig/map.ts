/** Sprig 3.3.0's function map for text templates: all groups under their names. */
import type { FunctionMap, GoFunction } from "../value.js";
import { certificateFunctions } from "./certificates.js";
import { cryptoFunctions } from "./crypto.js";
import { dateFunctions } from "./dates.js";
import { dictFunctions } from "./dicts.js";
import { encodingFunctions } from "./encoding.js";
import { flowFunctions } from "./flow.js";
import { jsonFunctions } from "./json-functions.js";
import { listFunctions } from "./lists.js";
import { mathFunctions } from "./math.js";
import { pathFunctions } from "./paths.js";
import { randomFunctions } from "./random.js";
import { reflectionFunctions } from "./reflection.js";
import { regexFunctions } from "./regex.js";
import { semverFunctions } from "./semver.js";
import { stringCaseFunctions } from "./string-case.js";
import { stringLayoutFunctions } from "./string-layout.js";
import { stringListFunctions } from "./string-lists.js";
import { stringFunctions } from "./strings.js";
import { typeFunctions } from "./types.js";
import { urlFunctions } from "./url.js";

const GROUPS: readonly (readonly GoFunction[])[] = [
  stringFunctions,
  stringCaseFunctions,
  stringLayoutFunctions,
  stringListFunctions,
  listFunctions,
  dictFunctions,
  flowFunctions,
  jsonFunctions,
  typeFunctions,
  reflectionFunctions,
  encodingFunctions,
  urlFunctions,
  pathFunctions,
  mathFunctions,
  dateFunctions,
  cryptoFunctions,
  certificateFunctions,
  semverFunctions,
  regexFunctions,
  randomFunctions,
];

export const sprigFunctions: FunctionMap = new Map(
  GROUPS.flat().map((each): [string, GoFunction] => [each.name, each]),
);
