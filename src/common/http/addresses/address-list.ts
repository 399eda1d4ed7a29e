import { parseAddress, type Address } from './address.js';

type AddressRange = readonly [address: Address, prefixBits: number];

function parseRange(text: string): AddressRange | undefined {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || addressText.includes('%') || rest.length > 0) return undefined;
  const maxBits = address.kind() === 'ipv4' ? 32 : 128;
  const bits = bitsText === undefined ? maxBits : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : Number.NaN;
  return bits <= maxBits ? [address, bits] : undefined;
}

/**
 * Whether a text is an IPv4 or IPv6 address, or a range of them in CIDR notation (RFC 4632, RFC 4291). A prefix with a leading
 * zero is refused, because others read it as octal. Lists that were stored with one keep their meaning.
 */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined && !/\/0\d/.test(text);
}

const contains = ([base, bits]: AddressRange, [address, addressBits]: AddressRange): boolean => base.kind() === address.kind() && bits <= addressBits && address.match(base, bits);

/** A list of allowed addresses and address ranges. */
export class AddressList {
  readonly #ranges: readonly AddressRange[];

  /** @param ranges addresses and CIDR ranges; those that are not an {@link isAddressRange} are ignored */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(parseRange).filter((range) => range !== undefined);
  }

  /** Whether the address is in the list. False when the text is not an address. */
  has(text: string): boolean {
    const address = parseAddress(text);
    return address !== undefined && this.#ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  }

  /** Whether one range of this list contains the whole range. */
  includes(range: string): boolean {
    const wanted = parseRange(range);
    return wanted !== undefined && this.#ranges.some((own) => contains(own, wanted));
  }
}
