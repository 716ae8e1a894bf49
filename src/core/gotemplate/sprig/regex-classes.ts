/**
 * Names of Unicode classes, `\p{Greek}`: Go takes them in any case and by their long names, and knows
 * fewer properties than the engine, which follows a later Unicode in what belongs to a class.
 */

/** Long names of categories as Go looks them up: a capital, small letters, nothing else. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    C: "Other",
    Cc: "Control Cntrl",
    Cf: "Format",
    Cn: "Unassigned",
    Co: "Privateuse",
    Cs: "Surrogate",
    L: "Letter",
    Lc: "Casedletter",
    Ll: "Lowercaseletter",
    Lm: "Modifierletter",
    Lo: "Otherletter",
    Lt: "Titlecaseletter",
    Lu: "Uppercaseletter",
    M: "Mark Combiningmark",
    Mc: "Spacingmark",
    Me: "Enclosingmark",
    Mn: "Nonspacingmark",
    N: "Number",
    Nd: "Decimalnumber Digit",
    Nl: "Letternumber",
    No: "Othernumber",
    P: "Punctuation Punct",
    Pc: "Connectorpunctuation",
    Pd: "Dashpunctuation",
    Pe: "Closepunctuation",
    Pf: "Finalpunctuation",
    Pi: "Initialpunctuation",
    Po: "Otherpunctuation",
    Ps: "Openpunctuation",
    S: "Symbol",
    Sc: "Currencysymbol",
    Sk: "Modifiersymbol",
    Sm: "Mathsymbol",
    So: "Othersymbol",
    Z: "Separator",
    Zl: "Lineseparator",
    Zp: "Paragraphseparator",
    Zs: "Spaceseparator",
  }).flatMap(([name, long]) => long.split(" ").map((alias): [string, string] => [alias, name])),
);

/** Properties, and scripts that came after Unicode 15.0: the engine knows them, Go does not. */
const UNKNOWN_TO_GO: ReadonlySet<string> = new Set(
  "Alphabetic Dash Emoji Garay Lowercase Math Sidetic Sunuwar Todhri Unknown Uppercase".split(" "),
);

// quoted text and escaped characters hold no classes; brackets hold them as all else does
const TOKEN = /\\Q[\s\S]*?(?:\\E|$)|\\[pP](?:\{(\^?)([^}]*)\}|([^{]))|\\[\s\S]/gu;

/** The pattern with the engine's names for its Unicode classes, or undefined where Go does not know one. */
export function engineClassNames(pattern: string): string | undefined {
  let known = true;
  const renamed = pattern.replace(
    TOKEN,
    (token, negation = "", braced?: string, letter?: string) => {
      const name = braced ?? letter;
      if (name === undefined) return token;
      const canonical = canonicalName(name);
      known &&= !UNKNOWN_TO_GO.has(canonical);
      return `${token.slice(0, 2)}{${negation}${ALIASES.get(canonical) ?? canonical}}`;
    },
  );
  return known ? renamed : undefined;
}

/** As Go looks a name up: without connectors, with a capital; so it finds no script of two words. */
function canonicalName(name: string): string {
  const letters = name.replace(/[_ -]/g, "");
  const [first = ""] = letters;
  return upperAscii(first) + letters.slice(first.length).replace(/[A-Z]/g, (c) => c.toLowerCase());
}

function upperAscii(char: string): string {
  return /[a-z]/.test(char) ? char.toUpperCase() : char;
}
