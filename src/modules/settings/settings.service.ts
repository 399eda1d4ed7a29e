import { Injectable } from '@nestjs/common';
import { Catalog, type SettingValue } from '../../config/catalog/catalog.js';
import { LockOutsService } from './security/lock-outs.service.js';
import { SettingsDocumentsService, type JsonObject, type SettingsChange, type SettingsDocument } from './settings-documents.service.js';
import { changedSettings, effectiveSettings } from './settings.policy.js';

export interface Versioned<Value> {
  readonly value: Value;
  readonly version: number;
}

/** Reads and updates the settings that the catalog defines. Each has a default, and unknown settings are refused. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly documents: SettingsDocumentsService,
    private readonly catalog: Catalog,
    private readonly lockOuts: LockOutsService,
  ) {}

  async getSettings(): Promise<Versioned<Record<string, SettingValue>>> {
    return this.#effective(await this.documents.readDocument('settings'));
  }

  /**
   * @param patch a merge patch; null resets a setting to its default
   * @param address the IP address of the request
   * @throws {InvalidSettingsError | VersionConflictError}
   * @throws {OwnerLockedOutError} when the change would require a second factor and no owner has one
   */
  async updateSettings(change: Omit<SettingsChange, 'section'>, patch: JsonObject, address: string): Promise<Versioned<Record<string, SettingValue>>> {
    const changed = await this.documents.changeDocument({ ...change, section: 'settings' }, async (own) => {
      const next = changedSettings(own, patch, this.catalog.settings);
      const { enable_two_factor: secondFactor } = effectiveSettings(next, this.catalog.settings);
      const enforced = this.catalog.settings.get('enable_two_factor')?.enforcedBy === 'auth';
      if ('enable_two_factor' in patch && enforced && secondFactor === true) await this.lockOuts.assertOwnerRemains({ mfaRequired: true }, { userId: change.actorId, address });
      return next;
    });
    return this.#effective(changed);
  }

  /** Returns the JSON Schema of the settings. */
  settingsSchema(): Record<string, unknown> {
    const properties = [...this.catalog.settings.values()].map(({ key, type, default: initial, description, allowed, min, max, enforcedBy }) => [
      key,
      {
        type,
        default: initial,
        ...(description === undefined ? {} : { description }),
        ...(allowed === undefined ? {} : { enum: allowed }),
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
        ...(enforcedBy === undefined ? {} : { 'x-enforced-by': enforcedBy }),
      },
    ]);
    return { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) as unknown };
  }

  #effective({ document, version }: SettingsDocument): Versioned<Record<string, SettingValue>> {
    return { value: effectiveSettings(document, this.catalog.settings), version };
  }
}
