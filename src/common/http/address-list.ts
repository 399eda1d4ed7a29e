import { BlockList, isIP } from 'node:net';

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** `::ffff:10.0.0.1` is 10.0.0.1, however the socket spells it. */
const plain = (address: string): string => mapped.exec(address)?.[1] ?? address;

interface Range {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly bits: number;
}

function rangeOf(text: string): Range | undefined {
  const [rawAddress = '', rawBits, ...rest] = text.split('/');
  const address = plain(rawAddress);
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = rawBits === undefined ? most : /^\d{1,3}$/.test(rawBits) ? Number(rawBits) : Number.NaN;
  if (version === 0 || rest.length > 0 || address.includes('%') || !(bits <= most)) return undefined;
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', bits };
}

/** Whether a text is an IPv4 or IPv6 address, or a range of them in CIDR notation (RFC 4632, RFC 4291). */
export function isAddressRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/** A list of addresses and ranges that lets others out. */
export class AddressList {
  readonly #list = new BlockList();

  /** @param ranges addresses and CIDR ranges, each of which {@link isAddressRange} */
  constructor(ranges: readonly string[]) {
    for (const range of ranges.map(rangeOf)) if (range !== undefined) this.#list.addSubnet(range.address, range.bits, range.family);
  }

  has(address: string): boolean {
    const clean = plain(address);
    const version = isIP(clean);
    return version !== 0 && this.#list.check(clean, version === 4 ? 'ipv4' : 'ipv6');
  }
}
