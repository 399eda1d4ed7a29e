import { Injectable } from '@nestjs/common';
import { Catalog, type authSettings, type SettingValue } from '../../config/catalog/catalog.js';
import { PlatformDb } from '../../database/platform-db.js';

/** Reads the settings that sign-in enforces and that concern an account rather than one organization. */
@Injectable()
export class UserSettingsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly platform: PlatformDb,
  ) {}

  /**
   * Returns the different values that a setting has in the organizations of an account.
   *
   * @param of the account, if it exists, and an organization that it joins
   * @returns nothing when the catalog does not let sign-in enforce the setting; its default for an account without organizations
   */
  async valuesOf(
    key: keyof typeof authSettings,
    { userId, organizationId }: { readonly userId?: string | undefined; readonly organizationId?: string | undefined },
  ): Promise<SettingValue[]> {
    const setting = this.catalog.settings.get(key);
    if (setting?.enforcedBy !== 'auth') return [];
    if (userId === undefined && organizationId === undefined) return [setting.default];
    const rows = await this.platform.$queryRaw<{ value: SettingValue | null }[]>`
      select distinct d.document -> ${key} as value
        from (select organization_id from memberships where user_id = ${userId ?? null}::uuid
              union select id from organizations where id = ${organizationId ?? null}::uuid) o
        left join settings_documents d on d.organization_id = o.organization_id and d.section = 'settings'`;
    return rows.length === 0 ? [setting.default] : rows.map(({ value }) => value ?? setting.default);
  }
}
