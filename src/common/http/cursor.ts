import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../crypto/derived-key.js';
import { MalformedRequestError } from '../errors/app-error.js';

/** The place in a list behind which the next page begins: the sorted field's value and the id of the last row. */
export interface CursorPosition {
  readonly value: string;
  readonly id: string;
}

const macBytes = 16;

/** Makes cursors that are opaque, and good only for the list (and the tenant) that they came from. */
export class CursorCodec {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = deriveKey(secret, 'cursor');
  }

  /** @param scope names the list: its route, its tenant, its order */
  encode(position: CursorPosition, scope: string): string {
    const payload = Buffer.from(JSON.stringify([position.value, position.id]));
    return Buffer.concat([this.#mac(payload, scope), payload]).toString('base64url');
  }

  /** @throws {MalformedRequestError} when the cursor is not one of this list's */
  decode(cursor: string, scope: string): CursorPosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(macBytes);
    if (bytes.length <= macBytes || !timingSafeEqual(bytes.subarray(0, macBytes), this.#mac(payload, scope))) {
      throw new MalformedRequestError('The cursor is not one of this list. Start again without it.', [], 'invalid_cursor');
    }
    const [value, id] = JSON.parse(payload.toString('utf8')) as [string, string];
    return { value, id };
  }

  #mac(payload: Buffer, scope: string): Buffer {
    return createHmac('sha256', this.#key).update(`${scope}\n`).update(payload).digest().subarray(0, macBytes);
  }
}
