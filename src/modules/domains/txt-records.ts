import { Injectable } from '@nestjs/common';
import { promises as dns } from 'node:dns';
import { AppConfig } from '../../config/app-config.js';
import { DnsUnavailableError } from './domains.errors.js';

/** Looks TXT records up; injectable, so that another source of truth can take its place. */
export abstract class TxtRecords {
  /**
   * @param name a fully qualified name without the final dot
   * @returns each record as one text; none when there is no such name
   * @throws {DnsUnavailableError} when it cannot be known now
   */
  abstract findTxtRecords(name: string): Promise<string[]>;
}

/** Codes that say: the question was answered, there is no such record. */
const absent = new Set(['ENOTFOUND', 'ENODATA']);

/** Asks the name servers at DNS_SERVERS, or those of the machine. */
@Injectable()
export class DnsTxtRecords extends TxtRecords {
  readonly #resolver = new dns.Resolver({ timeout: 3000, tries: 2 });

  constructor({ dnsServers }: AppConfig) {
    super();
    if (dnsServers.length > 0) this.#resolver.setServers(dnsServers);
  }

  async findTxtRecords(name: string): Promise<string[]> {
    try {
      return (await this.#resolver.resolveTxt(name)).map((chunks) => chunks.join(''));
    } catch (error) {
      if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw new DnsUnavailableError(name);
    }
  }
}
