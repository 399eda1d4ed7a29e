import { Injectable } from '@nestjs/common';
import { newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { parseDomainName } from '../domain-name.js';
import { DomainNotAddedError } from '../domains.errors.js';
import { DomainProofsService } from './domain-proofs.service.js';

/** Releases domains for the operator. */
@Injectable()
export class DomainReleasesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly proofs: DomainProofsService,
  ) {}

  /**
   * Ends the verification of a domain of an organization, of both kinds.
   *
   * @param reason recorded in the audit log and sent to the owners
   * @throws {InvalidDomainError}
   * @throws {DomainNotAddedError} when the organization does not exist or has not added the domain
   */
  async releaseDomain(organizationId: string, domain: string, reason: string): Promise<void> {
    const name = parseDomainName(domain, []);
    await this.platform.$transaction(async (tx) => {
      const claims = await tx.domain.findMany({ where: { organizationId, name } });
      if (claims.length === 0) throw new DomainNotAddedError();
      for (const claim of claims) await this.proofs.releaseDomain(tx, claim, newOpaqueToken(), reason);
    });
  }
}
