/** Copies for those who change data in place, as templates do with Sprig's `set`. */
import { type Data, type DataMap, NamedMap, TypedMap } from "../gotemplate/value.js";

/** `data` with every list and map in it copied, and each value that is neither as `change` makes it. */
export function copyData(data: Data, change: (value: Data) => Data = (value) => value): Data {
  if (Array.isArray(data)) return data.map((item) => copyData(item, change));
  if (data instanceof NamedMap) return new NamedMap(data.type, copyMap(data, change));
  if (data instanceof Map) return copyMap(data, change);
  if (!(data instanceof TypedMap)) return change(data);
  const entries = [...(data.entries ?? [])] as [Data, Data][];
  const copies = entries.map(([key, value]) => [key, copyData(value, change)] as const);
  return new TypedMap(data.type, new Map(copies), data.zero);
}

/** As `copyData`, for a map. */
export function copyMap(map: DataMap, change?: (value: Data) => Data): DataMap {
  return new Map([...map].map(([key, value]) => [key, copyData(value, change)]));
}
