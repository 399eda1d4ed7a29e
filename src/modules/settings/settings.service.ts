import { Injectable } from '@nestjs/common';
import type { ExpectedVersions } from '../../common/http/etag.js';
import { Catalog, type SettingValue } from '../../config/catalog/catalog.js';
import { settingsOf } from '../../access/organization/security-policy.js';
import type { Principal } from '../../access/principal/principal.js';
import { RecentLogins } from '../../access/recent-logins.js';
import { SecurityNoticesService } from '../mail/security-notices.service.js';
import { PolicyChangesService } from './security/policy-changes.service.js';
import { assertMayChange } from './security/security-settings.policy.js';
import { SettingsDocumentsService, type JsonObject, type SettingsDocument } from './settings-documents.service.js';
import { changedSettings } from './settings.policy.js';

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
    private readonly policyChanges: PolicyChangesService,
    private readonly recentLogins: RecentLogins,
    private readonly notices: SecurityNoticesService,
  ) {}

  async getSettings(): Promise<Versioned<Record<string, SettingValue>>> {
    return this.#effective(await this.documents.readDocument('settings'));
  }

  /**
   * @param patch a merge patch; null resets a setting to its default
   * @param address the IP address of the request
   * @throws {InvalidSettingsError | VersionConflictError}
   * @throws {SecuritySettingError} when the caller may not change a setting that decides about security
   * @throws {PolicyRefusesYouError} when the changed settings would refuse the caller's next request
   */
  async updateSettings(caller: Principal, address: string, expectedVersions: ExpectedVersions, patch: JsonObject): Promise<Versioned<Record<string, SettingValue>>> {
    const named = [...this.catalog.settings.values()].filter(({ key }) => Object.hasOwn(patch, key));
    assertMayChange(caller, named, this.recentLogins);
    const change = { section: 'settings', expectedVersions, actorId: caller.userId } as const;
    const changed = await this.documents.changeDocument(change, async (own, tx) => {
      const next = changedSettings(own, patch, this.catalog.settings);
      if (caller.kind === 'user' && named.some(({ security }) => security)) {
        await this.policyChanges.assertAuthorMeets(tx, { user: caller, address }, { settings: next });
        const effective = (values: JsonObject): JsonObject => Object.fromEntries(settingsOf(this.catalog, values));
        await this.notices.announceSettings(tx, caller.userId, effective(own), effective(next), (key) => this.catalog.settings.get(key)?.security === true);
      }
      return next;
    });
    return this.#effective(changed);
  }

  /** Returns the JSON Schema of the settings. */
  settingsSchema(): Record<string, unknown> {
    const properties = [...this.catalog.settings.values()].map(({ key, type, default: initial, description, allowed, min, max, enforcedBy, security, visibleTo }) => [
      key,
      {
        type,
        default: initial,
        ...(description === undefined ? {} : { description }),
        ...(allowed === undefined ? {} : { enum: allowed }),
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
        ...(enforcedBy === undefined ? {} : { 'x-enforced-by': enforcedBy }),
        ...(security ? { 'x-permission': 'security:write' } : {}),
        ...(visibleTo === undefined ? {} : { 'x-visible-to': visibleTo }),
      },
    ]);
    return { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) as unknown };
  }

  #effective({ document, version }: SettingsDocument): Versioned<Record<string, SettingValue>> {
    return { value: Object.fromEntries(settingsOf(this.catalog, document)), version };
  }
}
