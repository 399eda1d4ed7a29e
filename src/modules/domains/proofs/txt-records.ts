import { Injectable } from '@nestjs/common';
import { promises as dns } from 'node:dns';
import { AppConfig } from '../../../config/app-config.js';
import { DnsUnavailableError } from '../domains.errors.js';

/** Looks up TXT records. An abstract class, so that tests can replace the DNS. */
export abstract class TxtRecords {
  /**
   * @param name a fully qualified name without the final dot
   * @returns each record as one string; empty when the name does not exist
   * @throws {DnsUnavailableError} when the lookup fails
   */
  abstract findTxtRecords(name: string): Promise<string[]>;
}

/** The error codes of a successful lookup without a record. */
const noRecordCodes = new Set(['ENOTFOUND', 'ENODATA']);

/** Milliseconds for all attempts at all servers. */
const totalTimeout = 10_000;

/** Queries the name servers in DNS_SERVERS, or those of the machine. */
@Injectable()
export class DnsTxtRecords extends TxtRecords {
  readonly #servers: readonly string[];

  constructor({ dnsServers }: AppConfig) {
    super();
    this.#servers = dnsServers;
  }

  async findTxtRecords(name: string): Promise<string[]> {
    const resolver = this.#newResolver();
    const timer = setTimeout(() => resolver.cancel(), totalTimeout);
    try {
      return (await resolver.resolveTxt(name)).map((chunks) => chunks.join(''));
    } catch (error) {
      if (noRecordCodes.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw new DnsUnavailableError(name);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A resolver learns how fast its servers answer, and gives up after two seconds when they are fast: too early for a name that they must look up first. */
  #newResolver(): dns.Resolver {
    const resolver = new dns.Resolver({ timeout: 3000, tries: 2 });
    if (this.#servers.length > 0) resolver.setServers(this.#servers);
    return resolver;
  }
}
