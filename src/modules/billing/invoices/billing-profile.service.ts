import { Injectable } from '@nestjs/common';
import { MalformedRequestError, NotFoundError } from '../../../common/errors/app-error.js';
import { VersionConflictError, type ExpectedVersions } from '../../../common/http/etag.js';
import { faultsOfAddress } from '../../../common/postal-address.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { Prisma, type Organization } from '../../../generated/prisma/client.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { InvalidTaxIdError } from '../billing.errors.js';
import { isTaxId } from '../terms/tax-ids.policy.js';
import { countryOf } from '../terms/taxes.policy.js';
import type { UpdateBillingProfileDto } from './billing-profile.dto.js';

/** Reads and updates the recipient of invoices. Issued invoices keep the recipient that they were issued to. */
@Injectable()
export class BillingProfileService {
  constructor(
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
  ) {}

  /** @throws {NotFoundError} */
  async getBillingProfile(): Promise<Organization> {
    const organization = await this.db.organization.findFirst();
    if (organization === null) throw new NotFoundError();
    return organization;
  }

  /**
   * @param expectedVersions the versions of the organization, from its ETag; undefined accepts any
   * @throws {MalformedRequestError} when the address lacks what its country needs
   * @throws {VersionConflictError | InvalidTaxIdError}
   */
  async updateBillingProfile(userId: string, { billingAddress, ...changes }: UpdateBillingProfileDto, expectedVersions: ExpectedVersions): Promise<Organization> {
    const faults = billingAddress === undefined || billingAddress === null ? [] : faultsOfAddress(billingAddress, '/billingAddress');
    if (faults.length > 0) throw new MalformedRequestError('The address is not complete in its country. See `errors`.', faults, 'validation_failed');
    const address = billingAddress === null ? Prisma.DbNull : ({ ...billingAddress } as Prisma.InputJsonObject);
    const data = { ...changes, ...(billingAddress === undefined ? {} : { billingAddress: address }), updatedById: userId, version: { increment: 1 } };
    // In one transaction: the address and the tax id are judged together, whichever of them changes.
    return this.db.$transaction(
      async (tx) => {
        const where = expectedVersions === undefined ? {} : { version: { in: [...expectedVersions] } };
        const [updated] = await tx.organization.updateManyAndReturn({ where, data });
        if (updated === undefined) throw new VersionConflictError();
        this.#assertTaxId(updated);
        return updated;
      },
      { locksOrganization: true },
    );
  }

  /** Checks a tax id where it decides which tax applies. */
  #assertTaxId({ billingAddress, taxId }: Organization): void {
    const country = countryOf({ billingAddress });
    if (country === undefined || taxId === null || this.catalog.taxes?.reverseCharge.has(country) !== true) return;
    if (!isTaxId(taxId, country)) throw new InvalidTaxIdError(country);
  }
}
