/**
 * Between the source and the id in the key of an event. Neither may contain a control character, and nor may the id of an
 * event in tenantry's own format, so two events have the same key only if both parts are equal.
 */
const separator = '\u001f';

/** Returns the key of an event in the ledger. */
export const cloudEventKey = (source: string, id: string): string => `${source}${separator}${id}`;

/** Returns the source and the id of an event by its key in the ledger. An event that was not a CloudEvent has no source. */
export function sourceAndId(key: string): { readonly source: string | null; readonly id: string } {
  const end = key.indexOf(separator);
  return end < 0 ? { source: null, id: key } : { source: key.slice(0, end), id: key.slice(end + separator.length) };
}
