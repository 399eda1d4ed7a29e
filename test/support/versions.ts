import type { Answer } from './client.js';

/** Returns the version of a document of an organization that an answer is: the number of its changes. */
export const versionOf = ({ headers }: Pick<Answer, 'headers'>): number => Number(/^"v(\d+)-[\da-f]{12}\.[\w-]{16}"$/.exec(headers.get('etag') ?? '')?.[1] ?? NaN);

/** Returns a tag with which a change of a document of an organization names a version. Only reads compare its second part, the hash of the answer. */
export const tagOf = (version: unknown, { organizationId }: { readonly organizationId: string }): string => `"v${String(version)}-${organizationId.slice(-12)}.${'0'.repeat(16)}"`;
