import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../../crypto/derived-key.js';
import { MalformedRequestError } from '../../errors/app-error.js';

/** The position in a list after which the next page begins: the value of the sorted field and the id of the last row. */
export interface CursorPosition {
  readonly value: string;
  readonly id: string;
}

const macBytes = 16;

/**
 * Returns the scope of a list with filters: with others, the position of a cursor would be that of another list.
 *
 * @param filters the query without `limit`, `cursor` and `count`
 */
export function scopeOf(list: string, filters: object): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return `${list} ${JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

/** Encodes opaque cursors. A cursor is valid only for the list and the tenant that it was made for. */
export class CursorCodec {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = deriveKey(secret, 'cursor');
  }

  /** @param scope identifies the list: its route, its tenant, its order and its filters ({@link scopeOf}) */
  encode(position: CursorPosition, scope: string): string {
    const payload = Buffer.from(JSON.stringify([position.value, position.id]));
    return Buffer.concat([this.#mac(payload, scope), payload]).toString('base64url');
  }

  /** @throws {MalformedRequestError} when the cursor was not made for this list */
  decode(cursor: string, scope: string): CursorPosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(macBytes);
    if (bytes.length <= macBytes || !timingSafeEqual(bytes.subarray(0, macBytes), this.#mac(payload, scope))) {
      throw new MalformedRequestError('The cursor does not belong to this list. Start again without a cursor.', [], 'invalid_cursor');
    }
    const [value, id] = JSON.parse(payload.toString('utf8')) as [string, string];
    return { value, id };
  }

  #mac(payload: Buffer, scope: string): Buffer {
    return createHmac('sha256', this.#key).update(`${scope}\n`).update(payload).digest().subarray(0, macBytes);
  }
}
