import { Injectable } from '@nestjs/common';
import { OrganizationNotFoundError } from '../../../access/access.errors.js';
import { featureRefusal } from '../../../access/access-decision.js';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { chooseLanguage, readMailLanguages, type MailLanguages } from '../locales/mail-locales.js';
import type { MailKind, MailTemplates } from '../mail.templates.js';
import { sampleMails } from './mail-samples.js';
import { renderMail, type MailContent, type MailSender, type MailSetting } from './render-mail.js';

/** A mail as the outbox stores it: what it says is decided when it is sent. */
export interface MailToRender<Kind extends MailKind = MailKind> {
  readonly kind: Kind;
  readonly data: MailTemplates[Kind];
  readonly recipient: string;
  /** Null for mail about a user only. */
  readonly organizationId: string | null;
}

/** The recipient and the organization of a mail in the database. Columns of rows that do not exist are null. */
interface SettingRow {
  readonly name: string | null;
  readonly locale: string | null;
  readonly timezone: string | null;
  readonly version: number | null;
  readonly branding: Readonly<Record<string, string | null | undefined>> | null;
  readonly userLocale: string | null;
  readonly homeLocale: string | null;
  readonly homeTimezone: string | null;
}

/** Of several accounts that claim the address, the verified one counts, otherwise the newest. */
const settingSql = `
  select coalesce(o.display_name, o.name) as name, o.locale, o.timezone, o.access_version as version, d.document as branding,
         u.locale as "userLocale", h.locale as "homeLocale", h.timezone as "homeTimezone"
    from (select $1::uuid as organization_id, $2::text as recipient) m
    left join organizations o on o.id = m.organization_id
    left join settings_documents d on d.organization_id = o.id and d.section = 'branding'
    left join lateral (select locale, default_organization_id from users where email = m.recipient order by email_verified_at is null, created_at desc limit 1) u on true
    left join organizations h on h.id = u.default_organization_id`;

/** Renders mails in the language of the recipient and with the branding of the organization. */
@Injectable()
export class MailRendererService {
  readonly #languages: MailLanguages;

  /** @throws {MailLocaleError} when a translation cannot be used: the server does not start */
  constructor(
    private readonly pool: PlatformPool,
    private readonly facts: OrganizationFactsService,
    private readonly config: AppConfig,
  ) {
    this.#languages = readMailLanguages(config.mailLocalesDir);
  }

  /** The languages in which mails are written. */
  get languages(): readonly string[] {
    return [...this.#languages.keys()];
  }

  /** @param locale shows the mail in another language than that of its recipient */
  async renderMail<Kind extends MailKind>({ kind, data, recipient, organizationId }: MailToRender<Kind>, locale?: string): Promise<MailContent> {
    return this.#render(kind, data, await this.#settingOf(recipient, organizationId, locale));
  }

  /** Renders a kind of mail with sample data. @param organizationId shows the branding of this organization @throws {OrganizationNotFoundError} */
  async previewMail(kind: MailKind, { locale, organizationId = null }: { readonly locale?: string | undefined; readonly organizationId?: string | null }): Promise<MailContent> {
    const setting = await this.#settingOf('', organizationId, locale);
    if (organizationId !== null && setting.organization === undefined) throw new OrganizationNotFoundError();
    return this.#render(kind, sampleMails(this.config.appUrl, setting.organization?.name)[kind], setting);
  }

  /** A mail names a role as the catalog does, not by its key. */
  #render<Kind extends MailKind>(kind: Kind, data: MailTemplates[Kind], setting: MailSetting): MailContent {
    const { role } = data as { readonly role?: string };
    const name = role === undefined ? undefined : this.config.catalog.roles.get(role)?.name;
    return renderMail(kind, name === undefined ? data : { ...data, role: name }, setting);
  }

  async #settingOf(recipient: string, organizationId: string | null, locale: string | undefined): Promise<MailSetting> {
    const { product, signIn, locale: productLocale } = this.config.catalog;
    const { rows } = await this.pool.query<SettingRow>({ name: 'tenantry_mail_setting', text: settingSql, values: [organizationId, recipient] });
    const [row] = rows;
    const language = chooseLanguage(this.#languages, [locale, row?.userLocale, row?.locale, row?.homeLocale, productLocale]);
    return {
      product,
      passwords: signIn.password,
      language: { ...language, timezone: row?.timezone ?? row?.homeTimezone ?? 'UTC' },
      organization: row === undefined || organizationId === null ? undefined : await this.#senderOf(organizationId, row),
    };
  }

  async #senderOf(organizationId: string, { name, version, branding }: SettingRow): Promise<MailSender | undefined> {
    if (name === null) return undefined;
    const plain = { name, logoUrl: undefined, color: undefined, help: undefined };
    if (branding === null || featureRefusal('custom_branding', await this.facts.get(organizationId, version ?? 1)) !== undefined) return plain;
    const { displayName, logoUrl, primaryColor, supportUrl, supportEmail } = branding;
    return {
      name: displayName ?? name,
      // Programs for mail show no image of an insecure address, or warn of it.
      logoUrl: logoUrl?.startsWith('https://') === true ? logoUrl : undefined,
      color: primaryColor ?? undefined,
      help: supportUrl ?? supportEmail ?? undefined,
    };
  }
}
