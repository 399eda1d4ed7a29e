import { IntegerField, TimeField } from '../../common/http/fields.js';
import { longestOverlap } from './key-terms.js';

/** The field of the expiry of a key that is made or changed. */
export const expiresAt = {
  optional: true,
  nullable: true,
  example: '2030-01-01T00:00:00.000Z',
  description: 'The time at which the key expires, in the future; null for never, the default of a new key',
} as const;

/** The body of a rotation of a key. */
export class KeyRotation {
  @IntegerField({
    optional: true,
    min: 0,
    max: longestOverlap,
    description: 'The number of seconds for which the present secret still works, at most until the expiry of the key. Default: one day (86400). 0 ends it immediately.',
  })
  overlapSeconds?: number;

  @TimeField({ ...expiresAt, description: 'The new expiry time, in the future; null for never. Unchanged when omitted.' })
  expiresAt?: string | null;
}
