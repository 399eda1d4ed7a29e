import { isIP } from 'node:net';
import { hostOf } from '../../common/http/addresses/address.js';
import { isLocalHost, type CustomerHttp } from '../../common/http/outgoing/customer-http.js';

/** Others belong to other services of a host. */
const allowedPorts: ReadonlySet<string> = new Set(['', '8443']);

/**
 * Returns why a webhook cannot have this URL, as the second half of a sentence; undefined when it can. `CustomerHttp` sends to every URL that it allows. No name is
 * resolved here: the addresses of a name are checked at each connection.
 */
export function faultOfWebhookUrl(text: string, http: CustomerHttp): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://example.com/webhooks';
  const url = new URL(text);
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password. Check the signature of the requests instead';
  if (url.hash !== '') return 'must not have a fragment';
  const accepted = http.accepts(text);
  if (accepted && isLocalHost(host)) return undefined;
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (!allowedPorts.has(url.port)) return 'must have the port 443 or 8443';
  if (isIP(host) === 0 && !isPublicName(host)) return 'must name a host of the public internet';
  return accepted ? undefined : 'must have a public address';
}

/** Whether a name can be one of the public internet: not a name of one part, and none that RFC 6761, RFC 6762 or RFC 9476 keep for other uses. */
const isPublicName = (name: string): boolean => /\.[^.]+\.?$/.test(name) && !/\.(?:localhost|local|internal|alt|onion|home\.arpa)\.?$/.test(name);
