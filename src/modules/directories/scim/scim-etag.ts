import { ScimError } from './scim-error.js';

/** Returns the ETag of a resource: weak, as RFC 7644 has it, because the answer to a change and the next read can differ in their bytes. */
export const etagOf = (version: number, hash: string): string => `W/"${version}.${hash}"`;

/** Compares the number of changes. The hash of the answer is not compared: it also changes when another resource does. @throws {ScimError} 412 when `If-Match` lists other versions only */
export function assertVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const listed = [...ifMatch.matchAll(/"(\d{1,10})\.[\w-]{16}"/g)].map(([, counted]) => Number(counted));
  if (!listed.includes(version)) throw new ScimError(412, undefined, 'The resource has changed since you read it. Read it again.');
}
