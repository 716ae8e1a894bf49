/**
 * Paths of tiles and entry bundles (C2SP tlog-tiles): `tile/<L>/<N>[.p/<W>]` and
 * `tile/entries/<N>[.p/<W>]`, where 1234067 is written `x001/x234/067`. A thing has one path, and
 * any other spelling is refused.
 */
import { TlogError } from "./error.js";
import { TILE_WIDTH, type Tile } from "./tile.js";

/** A piece of the log's entries, with the index and width of the tile of level 0 over it. */
export interface BundlePlace {
  readonly index: number;
  /** Number of entries, 1 to 256. */
  readonly width: number;
}

const MAX_LEVEL = 63;
/** Six groups of three digits write every exact integer. */
const MAX_PATH_LENGTH = "tile/entries/x009/x007/x199/x254/x740/991.p/255".length;

export function formatTilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${formatPlace({ index, width })}`;
}

/** @throws {TlogError} tlog_tile_path */
export function parseTilePath(path: string): Tile {
  const match = /^tile\/(0|[1-9]\d?)\/(.+)$/s.exec(checkLength(path));
  const level = Number(match?.[1] ?? "NaN");
  const place = parsePlace(match?.[2] ?? "");
  if (place === undefined || !(level <= MAX_LEVEL)) throw noPath(path, "tile");
  return { level, ...place };
}

export function formatBundlePath(place: BundlePlace): string {
  return `tile/entries/${formatPlace(place)}`;
}

/** @throws {TlogError} tlog_tile_path */
export function parseBundlePath(path: string): BundlePlace {
  const match = /^tile\/entries\/(.+)$/s.exec(checkLength(path));
  const place = parsePlace(match?.[1] ?? "");
  if (place === undefined) throw noPath(path, "entry bundle");
  return place;
}

function formatPlace({ index, width }: BundlePlace): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

function parsePlace(text: string): BundlePlace | undefined {
  const match = /^((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, groups = "", partial] = match;
  const index = Number(groups.replace(/[x/]/g, ""));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const known = Number.isSafeInteger(index) && (partial === undefined || width < TILE_WIDTH);
  // Groups of zeros before the number would be a second path to it.
  return known && formatPlace({ index, width }) === text ? { index, width } : undefined;
}

function checkLength(path: string): string {
  return path.length <= MAX_PATH_LENGTH ? path : "";
}

function noPath(path: string, what: string): TlogError {
  const shown = JSON.stringify(path.slice(0, MAX_PATH_LENGTH));
  return new TlogError("tlog_tile_path", `${shown} is no path of a log's ${what}`, {
    hint: "paths are tile/<level>/<index>[.p/<width>], the index as groups of three digits: x001/234",
  });
}
