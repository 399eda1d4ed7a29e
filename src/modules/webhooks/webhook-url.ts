import { isIP } from 'node:net';
import { hostOf, isLoopbackAddress, isPublicAddress } from '../../common/http/addresses/address.js';

/** Others belong to other services of a host. */
const allowedPorts: ReadonlySet<string> = new Set(['', '8443']);

/** Whether a host is this machine, by its name or address. */
const isLoopback = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host);

/** Returns why a webhook cannot have this URL, as the second half of a sentence; undefined when it can. A name is not resolved: its addresses are checked at each connection. */
export function faultOfWebhookUrl(text: string, allowLoopback: boolean): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://example.com/webhooks';
  const url = new URL(text);
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password. Check the signature of the requests instead';
  if (url.hash !== '') return 'must not have a fragment';
  if (allowLoopback && isLoopback(host)) return url.protocol === 'https:' || url.protocol === 'http:' ? undefined : 'must begin with https:// or http://';
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (!allowedPorts.has(url.port)) return 'must have the port 443 or 8443';
  if (isIP(host) === 0) return isPublicName(host) ? undefined : 'must name a host of the public internet';
  return isPublicAddress(host) ? undefined : 'must have a public address';
}

/** Whether a name can be one of the public internet: not a name of one part, and none that RFC 6761, RFC 6762 or RFC 9476 keep for other uses. */
const isPublicName = (name: string): boolean => /\.[^.]+\.?$/.test(name) && !/\.(?:localhost|local|internal|alt|onion|home\.arpa)\.?$/.test(name);
