import type { FastifyRequest } from 'fastify';
import { toOneLine } from '../text/readable-text.js';
import { textOfUtf8 } from '../text/utf8.js';

const maxLength = 300;
/** Nearly every value: it needs no change. */
const plain = /^[!-~](?:[ -~]{0,298}[!-~])?$/;

/**
 * Returns what the client says about itself as one readable line; undefined when it says nothing. Node.js reads the bytes of
 * headers as Latin-1, but clients send UTF-8.
 */
export function userAgentOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const sent = headers['user-agent'];
  if (sent === undefined || plain.test(sent)) return sent;
  const line = toOneLine(textOfUtf8(Buffer.from(sent, 'latin1')) ?? sent, maxLength);
  return line === '' ? undefined : line;
}
