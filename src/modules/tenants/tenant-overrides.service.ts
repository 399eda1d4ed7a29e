import { Injectable } from '@nestjs/common';
import { Catalog } from '../../config/catalog/catalog.js';
import { partsOf } from '../../config/catalog/quantities.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import { InvalidOverrideError, TenantNotFoundError, UnknownOverrideError } from './tenants.errors.js';

/** The value `plan` removes an override, so that the value of the plan applies again. */
export interface OverrideChanges {
  readonly limits?: Readonly<Record<string, number | null | 'plan'>>;
  readonly features?: Readonly<Record<string, boolean | 'plan'>>;
}

/** Overrides limits and features of a tenant's plan. A change applies from the next request on. */
@Injectable()
export class TenantOverridesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
  ) {}

  /** @throws {TenantNotFoundError | UnknownOverrideError | InvalidOverrideError} */
  async changeOverrides(organizationId: string, changes: OverrideChanges): Promise<void> {
    this.assertValidOverrides(changes);
    await this.platform.$transaction(async (tx) => {
      if ((await tx.organization.count({ where: { id: organizationId } })) === 0) throw new TenantNotFoundError();
      await this.writeOverrides(tx, organizationId, changes);
    });
  }

  /** Writes overrides in the caller's transaction. The changes must be valid. */
  async writeOverrides(tx: PlatformTransaction, organizationId: string, { limits = {}, features = {} }: OverrideChanges): Promise<void> {
    for (const [key, value] of Object.entries(limits)) {
      const units = value === null || value === 'plan' ? null : BigInt(partsOf(this.catalog.decimalsOf(key), value) ?? 0);
      await this.#set(tx, { organizationId, kind: 'limit', key }, value === 'plan' ? undefined : { units });
    }
    for (const [key, value] of Object.entries(features)) await this.#set(tx, { organizationId, kind: 'feature', key }, value === 'plan' ? undefined : { available: value });
  }

  /** @throws {UnknownOverrideError | InvalidOverrideError} */
  assertValidOverrides({ limits = {}, features = {} }: OverrideChanges): void {
    for (const [key, value] of Object.entries(limits)) {
      if (key !== 'seats' && !this.catalog.meters.has(key)) throw new UnknownOverrideError('limits', key, new Set(['seats', ...this.catalog.meters.keys()]));
      const decimals = this.catalog.decimalsOf(key);
      if (value !== null && value !== 'plan' && !(typeof value === 'number' && partsOf(decimals, value) !== undefined && value >= 0))
        throw new InvalidOverrideError(
          `/limits/${key}`,
          `must be a ${decimals === 0 ? 'whole number' : `number with at most ${decimals} decimals,`} of at least 0, null for unlimited, or "plan"`,
        );
    }
    for (const [key, value] of Object.entries(features)) {
      if (!this.catalog.features.has(key)) throw new UnknownOverrideError('features', key, this.catalog.features.keys());
      if (typeof value !== 'boolean' && value !== 'plan') throw new InvalidOverrideError(`/features/${key}`, 'must be true, false or "plan"');
    }
  }

  async #set(
    tx: PlatformTransaction,
    key: { organizationId: string; kind: 'limit' | 'feature'; key: string },
    value: { units: bigint | null } | { available: boolean } | undefined,
  ): Promise<void> {
    if (value === undefined) await tx.entitlementOverride.deleteMany({ where: key });
    else await tx.entitlementOverride.upsert({ where: { organizationId_kind_key: key }, create: { ...key, ...value }, update: value });
  }
}
