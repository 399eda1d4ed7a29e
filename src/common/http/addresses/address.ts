import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Parses an address. Node's `isIP` decides what is valid, because ipaddr.js also accepts octal, hexadecimal and shortened
 * IPv4 addresses. An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`, in any spelling) becomes the IPv4 address. The zone of
 * a link-local address (`fe80::1%eth0`) is dropped. `::10.0.0.1` is an IPv6 address, as `::a00:1` is; ipaddr.js reads only
 * the first as an IPv4 address.
 */
export function parseAddress(text: string): Address | undefined {
  return isIP(text) === 0 ? undefined : ipaddr.process(text.replace(/%.*$/, '').replace(/^::(?=\d+\.)/, '::0:'));
}

/** Returns the name or the address that a URL names, an IPv6 address without its brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** An address in brackets, or an IPv4 address; with or without a port, as some proxies write it. */
const withPort = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;

/** Returns an address in its canonical form, without brackets and port. Returns undefined when the text is not an address. */
export function canonicalAddress(text: string): string | undefined {
  // Most are canonical already: Node.js accepts an IPv4 address in one spelling only.
  if (isIPv4(text)) return text;
  const [, inBrackets, plain] = withPort.exec(text.trim()) ?? [];
  return parseAddress(inBrackets ?? plain ?? text.trim())?.toString();
}

/** Returns the address, or the /64 network of an IPv6 address: one client usually has all addresses of it (RFC 6177). */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  const parsed = parseAddress(address);
  if (parsed === undefined || !('parts' in parsed)) return address;
  return parsed.parts
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':');
}

/** The address of the services of Azure for a virtual machine: public by its number, and answered inside a virtual machine alone. */
const azureServices = '168.63.129.16';

/**
 * Whether an address is one of the public internet: not private, link-local, loopback, reserved, or one that carries an IPv4 address to
 * translate. Addresses of cloud metadata are link-local or private, except that of Azure.
 */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined || address.range() !== 'unicast' || address.toString() === azureServices) return false;
  return !('parts' in address) || ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
}

/** Whether an address is of this machine. */
export const isLoopbackAddress = (text: string): boolean => parseAddress(text)?.range() === 'loopback';
