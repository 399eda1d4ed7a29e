import { isIPv6 } from 'node:net';

/** Returns the address, or the /64 network of an IPv6 address: one client usually has all addresses of it (RFC 6177). */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === '' ? [] : tail.split(':');
  const whole = address.includes('::') ? [...groups, ...Array.from({ length: 8 - groups.length - rest.length }, () => '0'), ...rest] : groups;
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
