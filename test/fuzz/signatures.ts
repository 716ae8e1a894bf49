/**
 * What templates can call, so that most generated calls have arguments of a sensible kind. One line a
 * function: its name, the kinds of its arguments (`...` repeats), its result.
 * Left out is what depends on the outside or on chance, which tests look at by shape.
 */

/** What an expression is, or what a text says. */
export type Kind =
  | "any"
  | "bool"
  | "int"
  | "int64"
  | "uint64"
  | "float"
  | "complex"
  | "text"
  | "list"
  | "texts"
  | "ints"
  | "dict"
  | "splits"
  | "time"
  | "semver"
  | TextKind;

/** Texts in a small language of their own: texts.ts. */
export type TextKind =
  | "base32"
  | "base64"
  | "constraint"
  | "cutset"
  | "dateText"
  | "duration"
  | "format"
  | "json"
  | "key"
  | "kindName"
  | "layout"
  | "numeral"
  | "path"
  | "pattern"
  | "replacement"
  | "separator"
  | "size"
  | "typeName"
  | "url"
  | "version"
  | "zone";

export interface Signature {
  readonly name: string;
  readonly params: readonly Kind[];
  /** The last parameter takes any number of arguments. */
  readonly variadic: boolean;
  readonly result: Kind;
}

const TABLE = `
abbrev size text -> text
abbrevboth size size text -> text
trunc size text -> text
trim text -> text
upper text -> text
lower text -> text
title text -> text
untitle text -> text
substr size size text -> text
repeat size text -> text
trimall cutset text -> text
trimAll cutset text -> text
trimSuffix cutset text -> text
trimPrefix cutset text -> text
nospace text -> text
initials text -> text
swapcase text -> text
snakecase text -> text
camelcase text -> text
kebabcase text -> text
wrap size text -> text
wrapWith size separator text -> text
contains cutset text -> bool
hasPrefix cutset text -> bool
hasSuffix cutset text -> bool
quote any... -> text
squote any... -> text
cat any... -> text
indent size text -> text
nindent size text -> text
replace cutset separator text -> text
plural text text int -> text
sha1sum text -> text
sha256sum text -> text
sha512sum text -> text
adler32sum text -> text
toString any -> text
hello -> text
atoi numeral -> int
int64 any -> int64
int any -> int
float64 any -> float
seq size... -> text
toDecimal numeral -> int64
split separator text -> splits
splitList separator text -> texts
splitn separator size text -> splits
toStrings list -> texts
until size -> ints
untilStep size size size -> ints
add1 any -> int64
add any... -> int64
sub any any -> int64
div any any -> int64
mod any any -> int64
mul any any... -> int64
add1f any -> float
addf any... -> float
subf any any... -> float
divf any any... -> float
mulf any any... -> float
biggest any any... -> int64
max any any... -> int64
min any any... -> int64
maxf any any... -> float
minf any any... -> float
ceil any -> float
floor any -> float
round any size -> float
round any size float -> float
join separator any -> text
sortAlpha any -> texts
default any any -> any
empty any -> bool
coalesce any... -> any
all any... -> bool
any any... -> bool
compact list -> list
mustCompact list -> list
fromJson json -> any
mustFromJson json -> any
toJson any -> text
toPrettyJson any -> text
toRawJson any -> text
mustToJson any -> text
mustToPrettyJson any -> text
mustToRawJson any -> text
ternary any any bool -> any
deepCopy any -> any
mustDeepCopy any -> any
typeOf any -> text
typeIs typeName any -> bool
typeIsLike typeName any -> bool
kindOf any -> text
kindIs kindName any -> bool
deepEqual any any -> bool
base path -> text
dir path -> text
clean path -> text
ext path -> text
isAbs path -> bool
osBase path -> text
osClean path -> text
osDir path -> text
osExt path -> text
osIsAbs path -> bool
b64enc text -> text
b64dec base64 -> text
b32enc text -> text
b32dec base32 -> text
list any... -> list
tuple any... -> list
dict key any key any -> dict
dict key any -> dict
dict key any key any key any -> dict
get dict key -> any
set dict key any -> dict
unset dict key -> dict
hasKey dict key -> bool
pluck key dict... -> list
keys dict... -> texts
pick dict key... -> dict
omit dict key... -> dict
merge dict dict... -> dict
mergeOverwrite dict dict... -> dict
mustMerge dict dict... -> dict
mustMergeOverwrite dict dict... -> dict
values dict -> list
append list any -> list
mustAppend list any -> list
push list any -> list
mustPush list any -> list
prepend list any -> list
mustPrepend list any -> list
first list -> any
mustFirst list -> any
rest list -> list
mustRest list -> list
last list -> any
mustLast list -> any
initial list -> list
mustInitial list -> list
reverse list -> list
mustReverse list -> list
uniq list -> list
mustUniq list -> list
without list any... -> list
mustWithout list any... -> list
has any list -> bool
mustHas any list -> bool
slice list size size -> list
slice list size -> list
mustSlice list size size -> list
concat list... -> list
dig key any dict -> any
dig key key any dict -> any
chunk size list -> list
mustChunk size list -> list
decryptAES text base64 -> text
semver version -> semver
semverCompare constraint version -> bool
fail text -> text
regexMatch pattern text -> bool
mustRegexMatch pattern text -> bool
regexFindAll pattern text size -> texts
mustRegexFindAll pattern text size -> texts
regexFind pattern text -> text
mustRegexFind pattern text -> text
regexReplaceAll pattern text replacement -> text
mustRegexReplaceAll pattern text replacement -> text
regexReplaceAllLiteral pattern text replacement -> text
mustRegexReplaceAllLiteral pattern text replacement -> text
regexSplit pattern text size -> texts
mustRegexSplit pattern text size -> texts
regexQuoteMeta text -> text
urlParse url -> dict
urlJoin dict -> text
date layout time -> text
date_in_zone layout time zone -> text
dateInZone layout time zone -> text
date_modify duration time -> time
dateModify duration time -> time
must_date_modify duration time -> time
mustDateModify duration time -> time
duration any -> text
duration numeral -> text
durationRound duration -> text
durationRound int64 -> text
durationRound time -> text
htmlDate time -> text
htmlDateInZone time zone -> text
toDate layout dateText -> time
mustToDate layout dateText -> time
unixEpoch time -> text
and any... -> any
or any... -> any
not any -> bool
len any -> int
len list -> int
len text -> int
index list size -> any
index dict key -> any
index any any... -> any
print any... -> text
println any... -> text
printf format any... -> text
html any... -> text
js any... -> text
urlquery any... -> text
eq any any... -> bool
eq text text... -> bool
eq int int... -> bool
ne any any -> bool
lt int int -> bool
le float float -> bool
gt text text -> bool
ge any any -> bool
call any any... -> any
`;

export const SIGNATURES: readonly Signature[] = TABLE.trim().split("\n").map(readSignature);

export const FUNCTION_NAMES: readonly string[] = [...new Set(SIGNATURES.map(({ name }) => name))];

/** Those that give something of a kind. */
export function signaturesOf(kind: Kind): readonly Signature[] {
  return byResult.get(kind) ?? [];
}

const byResult = new Map<Kind, Signature[]>();
for (const signature of SIGNATURES) {
  const all = byResult.get(signature.result);
  if (all === undefined) byResult.set(signature.result, [signature]);
  else all.push(signature);
}

function readSignature(line: string): Signature {
  const [left = "", result = ""] = line.split(" -> ");
  const [name = "", ...params] = left.split(" ").filter((word) => word !== "");
  const variadic = params.at(-1)?.endsWith("...") ?? false;
  const kinds = params.map((param) => param.replace("...", "") as Kind);
  return { name, params: kinds, variadic, result: result.trim() as Kind };
}
