/**
 * The mails that the application sends, with the data that each template takes. The outbox stores the data as JSON: times are ISO texts such as
 * `2026-11-21T10:00:00.000Z`, and days are texts such as `2026-11-21`. Each is shown in the language, and the time zone, of the recipient.
 */
export interface MailTemplates {
  'verify-email': { readonly name: string; readonly link: string };
  invitation: {
    readonly organization: string;
    readonly inviter: string;
    readonly role: string;
    readonly message: string | null;
    readonly link: string;
    readonly expiresAt: string;
  };
  'guardian-consent': {
    readonly organization: string;
    readonly member: string;
    readonly link: string;
    readonly expiresAt: string;
  };
  'consent-given': { readonly organization: string; readonly member: string; readonly link: string };
  welcome: { readonly name: string; readonly organization: string; readonly link: string };
  'reset-password': {
    readonly name: string;
    /** The day of the sign-up, if several unverified accounts have the address. */
    readonly signedUpOn: string | null;
    readonly link: string;
  };
  'sign-in': SignInMail;
  /** Asked for from a network of the user: counted apart, so that strangers cannot use up these mails. */
  'sign-in-known-network': SignInMail;
  'email-change': { readonly name: string; readonly email: string; readonly link: string };
  'operator-second-factor': { readonly name: string; readonly link: string };
  'second-factor-added': { readonly name: string; readonly link: string };
  'account-erased': {
    /** The signed receipt. */
    readonly code: string;
  };
  'identity-changed': { readonly name: string; readonly provider: string; readonly change: 'added' | 'removed' };
  'new-device': { readonly name: string; readonly device: string; readonly address: string; readonly at: string };
  'passkey-added': { readonly name: string; readonly passkey: string; readonly link: string };
  'second-factor-removed': { readonly name: string };
  'passkey-removed': { readonly name: string; readonly passkey: string };
  'domain-code': { readonly organization: string; readonly domain: string; readonly code: string };
  'member-added': { readonly name: string; readonly organization: string; readonly role: string };
  'join-approved': { readonly name: string; readonly organization: string; readonly role: string };
  'break-glass': { readonly name: string; readonly organization: string; readonly link: string };
  'security-relaxed': { readonly organization: string; readonly name: string; readonly email: string; readonly address: string };
  'security-reset': { readonly organization: string; readonly reason: string };
  'security-changed': SecurityAuthorship & SecurityChange;
  domain: DomainNotice;
  'export-ready': { readonly organization: string; readonly expiresAt: string };
  'export-failed': { readonly organization: string };
  'webhook-disabled': { readonly organization: string; readonly webhook: string; readonly change: 'gone' | 'failing' | 'not_permitted' };
  'platform-webhook-disabled': { readonly webhook: string; readonly change: 'gone' | 'failing' | 'not_permitted' };
  'usage-threshold': {
    readonly organization: string;
    readonly meter: string;
    readonly percent: number;
    readonly used: number;
    readonly limit: number;
    readonly resetsAt: string | null;
    readonly link: string;
  };
  'weekly-usage': {
    readonly organization: string;
    /** The first and the last day. */
    readonly from: string;
    readonly to: string;
    readonly meters: readonly MeterLine[];
    readonly requests: number;
    readonly link: string;
  };
  billing: BillingNotice & { readonly link: string };
}

export type MailKind = keyof MailTemplates;

/** An amount in whole minor units, such as `1190`, and the ISO 4217 code of its currency. */
export interface MailMoney {
  readonly amount: string;
  readonly currency: string;
}

/** A meter in a weekly mail: its current value; that of the current period; the peak of the week; or the sum of the week with the current value. */
export interface MeterLine {
  readonly name: string;
  readonly shows: 'value' | 'period' | 'peak' | 'week';
  /** The peak or the sum of the week; 0 where it is not shown. */
  readonly ofWeek: number;
  readonly used: number;
  readonly limit: number | null;
}

export interface SignInMail {
  readonly name: string;
  /** The day of the sign-up, if several unverified accounts have the address. */
  readonly signedUpOn: string | null;
  readonly code: string;
  readonly link: string;
}

/** The author and the time of a change that decides who gets access to an organization. */
export interface SecurityAuthorship {
  readonly organization: string;
  readonly name: string;
  readonly email: string;
  /** The name of the set-up link of the member with which somebody else made the change; null for a change by the member. */
  readonly setupLink: string | null;
  /** Whether the operator made the set-up link, in the name of the member. */
  readonly byOperator: boolean;
  readonly at: string;
}

/** The changes about which the owners get a mail. `fields`: the names in the API. */
export type SecurityChange =
  | { readonly change: 'sso_enabled'; readonly connection: string; readonly provider: string }
  | { readonly change: 'sso_changed'; readonly connection: string; readonly provider: string; readonly fields: readonly string[] }
  /** `reason`: that of the operator who made it; null for a member. */
  | { readonly change: 'setup_link'; readonly reason: string | null }
  | { readonly change: 'settings'; readonly fields: readonly string[] }
  | { readonly change: 'directory_token'; readonly directory: string }
  | { readonly change: 'directory_changed'; readonly directory: string; readonly fields: readonly string[] }
  | { readonly change: 'directory_group'; readonly directory: string; readonly group: string; readonly fields: readonly string[] }
  | { readonly change: 'domain_verified' | 'domain_removed'; readonly domain: string }
  /** `member` and `address`: the name and the address of the person who got or lost the role. */
  | { readonly change: 'owner_granted' | 'owner_taken'; readonly member: string; readonly address: string }
  | { readonly change: 'domain_changed'; readonly domain: string; readonly fields: readonly string[] };

/** The events about which mails about a domain are sent. `until`: the day on which the domain stops being verified. */
export type DomainNotice = { readonly organization: string; readonly domain: string } & (
  | { readonly notice: 'record_missing'; readonly record: string; readonly until: string }
  | { readonly notice: 'code_expires'; readonly until: string }
  | { readonly notice: 'ended'; readonly reason: DomainEnd; readonly note: string | null }
  | { readonly notice: 'verified' }
);

/** Why a domain is no longer verified. */
export type DomainEnd = 'record_missing' | 'newer_proof' | 'code_expired' | 'released';

/** The events about which billing mails are sent. */
export type BillingNotice =
  | { readonly notice: 'trial_ends'; readonly organization: string; readonly plan: string; readonly renews: boolean; readonly days: number }
  | { readonly notice: 'trial_ended'; readonly organization: string; readonly plan: string; readonly renews: boolean }
  | {
      readonly notice: 'invoice_overdue';
      readonly organization: string;
      readonly invoice: string;
      /** The amount that is still due. */
      readonly amount: MailMoney;
      readonly dueOn: string;
      readonly suspended: boolean;
    }
  | {
      readonly notice: 'invoice_issued';
      readonly organization: string;
      readonly invoice: string;
      readonly total: MailMoney;
      /** The amount to pay; null if nothing is. */
      readonly amount: MailMoney | null;
      readonly dueOn: string;
    }
  | { readonly notice: 'credit_note_issued'; readonly organization: string; readonly creditNote: string; readonly invoice: string; readonly amount: MailMoney };
