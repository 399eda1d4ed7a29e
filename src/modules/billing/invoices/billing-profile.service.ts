import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { VersionConflictError } from '../../../common/http/etag.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { Prisma, type Organization } from '../../../generated/prisma/client.js';
import type { UpdateBillingProfileDto } from './billing-profile.dto.js';

/** To whom invoices are written. Those that are issued keep what was true then. */
@Injectable()
export class BillingProfileService {
  constructor(private readonly db: TenantDb) {}

  /** @throws {NotFoundError} */
  async get(): Promise<Organization> {
    const organization = await this.db.organization.findFirst();
    if (organization === null) throw new NotFoundError();
    return organization;
  }

  /**
   * @param expectedVersion of the organization, whose ETag it is; undefined takes any
   * @throws {VersionConflictError}
   */
  async update(userId: string, { billingAddress, ...changes }: UpdateBillingProfileDto, expectedVersion: number | undefined): Promise<Organization> {
    const address = billingAddress === null ? Prisma.DbNull : ({ ...billingAddress } as Prisma.InputJsonObject);
    const data = { ...changes, ...(billingAddress === undefined ? {} : { billingAddress: address }), updatedById: userId, version: { increment: 1 } };
    const where = expectedVersion === undefined ? {} : { version: expectedVersion };
    const [updated] = await this.db.organization.updateManyAndReturn({ where, data });
    if (updated === undefined) throw new VersionConflictError();
    return updated;
  }
}
