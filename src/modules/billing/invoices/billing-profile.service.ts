import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { VersionConflictError } from '../../../common/http/etag.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { Prisma, type Organization } from '../../../generated/prisma/client.js';
import type { UpdateBillingProfileDto } from './billing-profile.dto.js';

/** Reads and updates the recipient of invoices. Issued invoices keep the recipient that they were issued to. */
@Injectable()
export class BillingProfileService {
  constructor(private readonly db: TenantDb) {}

  /** @throws {NotFoundError} */
  async getBillingProfile(): Promise<Organization> {
    const organization = await this.db.organization.findFirst();
    if (organization === null) throw new NotFoundError();
    return organization;
  }

  /**
   * @param expectedVersion the version of the organization, from its ETag; undefined accepts any
   * @throws {VersionConflictError}
   */
  async updateBillingProfile(userId: string, { billingAddress, ...changes }: UpdateBillingProfileDto, expectedVersion: number | undefined): Promise<Organization> {
    const address = billingAddress === null ? Prisma.DbNull : ({ ...billingAddress } as Prisma.InputJsonObject);
    const data = { ...changes, ...(billingAddress === undefined ? {} : { billingAddress: address }), updatedById: userId, version: { increment: 1 } };
    const where = expectedVersion === undefined ? {} : { version: expectedVersion };
    const [updated] = await this.db.organization.updateManyAndReturn({ where, data });
    if (updated === undefined) throw new VersionConflictError();
    return updated;
  }
}
