/** Copies for those who change data in place, as templates do with Sprig's `set`. */
import { type Data, type DataMap, TypedMap } from "../gotemplate/value.js";

/** `data` with every list and map in it copied. */
export function copyData(data: Data): Data {
  if (Array.isArray(data)) return data.map(copyData);
  if (data instanceof Map) return copyMap(data);
  if (!(data instanceof TypedMap)) return data;
  const entries = [...(data.entries ?? [])] as [Data, Data][];
  const copies = entries.map(([key, value]) => [key, copyData(value)] as const);
  return new TypedMap(data.type, new Map(copies), data.zero);
}

/** As `copyData`, for a map. */
export function copyMap(map: DataMap): DataMap {
  return new Map([...map].map(([key, value]) => [key, copyData(value)]));
}
