import type { Domain } from '../../../generated/prisma/client.js';

export interface DnsRecord {
  readonly type: 'TXT';
  readonly name: string;
  readonly value: string;
}

/** Returns the TXT record that verifies a domain. */
export function dnsRecordOf({ name, dnsToken }: Pick<Domain, 'name' | 'dnsToken'>): DnsRecord {
  return { type: 'TXT', name: `_tenantry.${name}`, value: `tenantry-verification=${dnsToken}` };
}
