import { maxDecimals } from '../../config/catalog/quantities.js';
import { toOneLine } from '../../common/text/readable-text.js';

/** The mails that the application sends, with the data that each template takes. */
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
  'identity-changed': { readonly name: string; readonly provider: string; readonly change: 'added' | 'removed' };
  /** `at`: `2026-11-21 10:00 UTC` */
  'new-device': { readonly name: string; readonly device: string; readonly address: string; readonly at: string };
  'passkey-added': { readonly name: string; readonly passkey: string; readonly link: string };
  'passkey-removed': { readonly name: string; readonly passkey: string };
  'domain-code': { readonly organization: string; readonly domain: string; readonly code: string };
  'member-added': { readonly name: string; readonly organization: string; readonly role: string };
  'join-approved': { readonly name: string; readonly organization: string; readonly role: string };
  'break-glass': { readonly name: string; readonly organization: string; readonly link: string };
  'security-relaxed': { readonly organization: string; readonly name: string; readonly email: string; readonly address: string };
  'security-reset': { readonly organization: string; readonly reason: string };
  domain: DomainNotice;
  'usage-threshold': {
    readonly organization: string;
    readonly meter: string;
    readonly percent: number;
    readonly used: number;
    readonly limit: number;
    readonly resetsAt: string | null;
    readonly link: string;
  };
  'weekly-usage': { readonly organization: string; readonly week: string; readonly lines: readonly string[]; readonly link: string };
  billing: BillingNotice & { readonly link: string };
}

export interface SignInMail {
  readonly name: string;
  /** The day of the sign-up, if several unverified accounts have the address. */
  readonly signedUpOn: string | null;
  readonly code: string;
  readonly link: string;
}

/** The events about which mails about a domain are sent. `until`, `2026-11-21`: the day on which the domain stops being verified. */
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
      readonly amount: string;
      /** `2026-11-21` */
      readonly dueOn: string;
      readonly suspended: boolean;
    }
  | {
      readonly notice: 'invoice_issued';
      readonly organization: string;
      readonly invoice: string;
      readonly total: string;
      /** The amount to pay; null if nothing is. */
      readonly amount: string | null;
      readonly dueOn: string;
    }
  | { readonly notice: 'credit_note_issued'; readonly organization: string; readonly creditNote: string; readonly invoice: string; readonly amount: string };

/** The data that a mail shows as it is: the application makes or has checked it. */
const verbatim = new Set(['link', 'code', 'domain', 'record', 'email', 'address']);
/** The data that may have several lines. */
const ofSeveralLines = new Set(['message']);
const maxName = 100;

/** Match what mail programs turn into links: a scheme, and a dot inside of a domain in any of its forms. */
const schemes = /(?<![\p{L}\p{N}])(\p{L}[\p{L}\p{N}+.-]*:)(?=\S)/gu;
const dots = /(?<=[\p{L}\p{N}_-])([.\u2024\u3002\uff0e\uff61])(?=[\p{L}\p{N}-]*\p{L}{2})/gu;

/** Returns a text in which mail programs find no link: a space follows what would begin one. */
const withoutLinks = (text: string): string => text.replace(schemes, '$1 ').replace(dots, '$1 ');

/** Returns data as every mail shows it: names are short, on one line, and no links. Data of a new template is no exception. */
function shown(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => shown(each, key));
  if (typeof value !== 'string' || verbatim.has(key)) return value;
  if (!ofSeveralLines.has(key)) return withoutLinks(toOneLine(value, maxName));
  return value
    .split(/\r\n|[\n\r]/)
    .map((line) => withoutLinks(toOneLine(line, 1000)))
    .join('\n');
}

export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Draft {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly link: string };
  readonly closing: string;
}

const decimals = { maximumFractionDigits: maxDecimals } as const;

const signInDraft = ({ name, signedUpOn, code, link }: SignInMail): Draft => ({
  subject: 'Sign in',
  paragraphs: [
    `Hello ${name},`,
    'Use the link to sign in on this device, or enter the code on the page on which you asked for it:',
    code,
    ...(signedUpOn === null
      ? []
      : [`Several unconfirmed accounts use this email address. This code is for the account that was created on ${signedUpOn}. The others end when you use it.`]),
  ],
  action: { label: 'Sign in', link },
  closing:
    'The link and the code work once and expire in 15 minutes. If you did not ask for them, you can ignore this email. Do not give the code or the link to anybody: we never ask for them.',
});

/** The wording of every mail. */
const drafts: { readonly [Name in keyof MailTemplates]: (data: MailTemplates[Name]) => Draft } = {
  'verify-email': ({ name, link }) => ({
    subject: 'Confirm your email address',
    paragraphs: [`Hello ${name},`, 'Please confirm that this email address belongs to you. If you are not signed in, you need the password of the account.'],
    action: { label: 'Confirm email address', link },
    closing:
      'This link works once and expires in 24 hours. If you did not create an account or change your email address, you can ignore this email: without the password, the link has no effect.',
  }),
  invitation: ({ organization, inviter, role, message, link, expiresAt }) => ({
    subject: `${inviter} invited you to join ${organization}`,
    paragraphs: [`${inviter} invited you to join ${organization} with the role ${role}.`, ...(message === null ? [] : [message])],
    action: { label: 'Accept the invitation', link },
    closing: `This invitation expires at ${expiresAt}. If you do not know the sender, you can ignore this email.`,
  }),
  welcome: ({ name, organization, link }) => ({
    subject: `Welcome to ${organization}`,
    paragraphs: [`Hello ${name},`, `Your account at ${organization} is ready.`],
    action: { label: 'Sign in', link },
    closing: 'If you have not been given a password, select "Forgot password" on the sign-in page to set one.',
  }),
  'reset-password': ({ name, signedUpOn, link }) => ({
    subject: 'Reset your password',
    paragraphs: [
      `Hello ${name},`,
      'We received a request to reset the password of your account.',
      ...(signedUpOn === null
        ? []
        : [`Several unconfirmed accounts use this email address. This link is for the account that was created on ${signedUpOn}. The others end when you use it.`]),
    ],
    action: { label: 'Reset password', link },
    closing: 'This link works once and expires in two hours. If you did not request a new password, you can ignore this email: your password has not changed.',
  }),
  'sign-in': signInDraft,
  'sign-in-known-network': signInDraft,
  'operator-second-factor': ({ name, link }) => ({
    subject: 'Confirm your second factor',
    paragraphs: [`Hello ${name},`, 'Somebody who is signed in to your operator account is setting up a second factor. If it is you, confirm it with this link:'],
    action: { label: 'Confirm the second factor', link },
    closing: 'This link works once and expires in two hours. If it is not you, reset your password now: somebody else knows it. Do not give this link to anybody.',
  }),
  'second-factor-added': ({ name, link }) => ({
    subject: 'An authenticator app was added to your account',
    paragraphs: [
      `Hello ${name},`,
      'Somebody who knows your password set up an authenticator app as the second factor of your account. Signing in now needs a code from it. If it was you, you need not do anything.',
    ],
    action: { label: 'This was not me', link },
    closing:
      'This link works once and expires in 7 days. It removes the authenticator app, ends every session and removes the password, so that you can set a new one. Do not give this link to anybody.',
  }),
  'new-device': ({ name, device, address, at }) => ({
    subject: 'New sign-in to your account',
    paragraphs: [`Hello ${name},`, `Somebody signed in to your account with ${device}, from the address ${address}, at ${at}. If it was you, you need not do anything.`],
    closing: 'If it was not you, change your password now: somebody else knows it. The change also ends all other sessions of your account.',
  }),
  'passkey-added': ({ name, passkey, link }) => ({
    subject: 'A passkey was added to your account',
    paragraphs: [
      `Hello ${name},`,
      `Somebody who is signed in to your account added the passkey ${passkey}. It can be used to sign in without the password. If it was you, you need not do anything.`,
    ],
    action: { label: 'This was not me', link },
    closing:
      'This link works once and expires in 7 days. It removes all passkeys, ends every session and removes the password, so that you can set a new one. Do not give this link to anybody.',
  }),
  'passkey-removed': ({ name, passkey }) => ({
    subject: 'A passkey was removed from your account',
    paragraphs: [`Hello ${name},`, `The passkey ${passkey} was removed from your account, and can no longer be used to sign in. Your other sessions have ended.`],
    closing: 'If it was not you, reset your password, and look at your passkeys and sessions: somebody else is signed in as you.',
  }),
  'email-change': ({ name, email, link }) => ({
    subject: 'Your email address is being changed',
    paragraphs: [`Hello ${name},`, `Somebody who knows your password asked to change the email address of your account to ${email}. If it was you, you need not do anything.`],
    action: { label: 'This was not me', link },
    closing: 'This link works once and expires in 72 hours. It restores this email address, ends every session and removes the password, so that you can set a new one.',
  }),
  'identity-changed': ({ name, provider, change }) => ({
    subject: change === 'added' ? `You can now sign in with ${provider}` : `You can no longer sign in with ${provider}`,
    paragraphs: [
      `Hello ${name},`,
      change === 'added'
        ? `Somebody who is signed in to your account linked it to an account at ${provider}, and can now sign in with it.`
        : `Somebody who is signed in to your account removed the sign-in with ${provider}. Your other sessions have ended.`,
    ],
    closing: 'If it was not you, reset your password now, then check your identities and end your other sessions.',
  }),
  'domain-code': ({ organization, domain, code }) => ({
    subject: `Verify ${domain} for ${organization}`,
    paragraphs: [`${organization} wants to verify that it owns the domain ${domain}. If that is correct, give the person who asked you this code:`, code],
    closing: 'This code works once and expires in one hour. If you do not know the organization, you can ignore this email.',
  }),
  'member-added': ({ name, organization, role }) => ({
    subject: `You are now a member of ${organization}`,
    paragraphs: [`Hello ${name},`, `${organization} added you as a member, because your email address belongs to its domain. Your role is ${role}.`],
    closing: 'You can leave the organization at any time.',
  }),
  'join-approved': ({ name, organization, role }) => ({
    subject: `You are now a member of ${organization}`,
    paragraphs: [`Hello ${name},`, `Your request to join ${organization} was approved. Your role is ${role}.`],
    closing: 'The organization appears in your account the next time you sign in.',
  }),
  'break-glass': ({ name, organization, link }) => ({
    subject: `Regain access to ${organization}`,
    paragraphs: [
      `Hello ${name},`,
      `You asked for access to ${organization}, whose security policy refuses your requests. The link admits the address from which you open it, while you are signed in.`,
    ],
    action: { label: 'Regain access', link },
    closing: 'This link works once and expires in 15 minutes. If you did not ask for it, end your other sessions and change your password: somebody is signed in as you.',
  }),
  'security-relaxed': ({ organization, name, email, address }) => ({
    subject: `The security policy of ${organization} was relaxed`,
    paragraphs: [
      `${name} <${email}> used a link sent by email to regain access to ${organization}.`,
      `The allow-list now contains the address ${address}, and single sign-on is no longer required. Check the security policy and remove what should not stay.`,
    ],
    closing: 'You receive this email because you are an owner of the organization. The audit log has the details.',
  }),
  'security-reset': ({ organization, reason }) => ({
    subject: `The security policy of ${organization} was reset`,
    paragraphs: [
      `The operator removed the allow-list of addresses and no longer requires a second factor or single sign-on at ${organization}.`,
      `Reason: ${reason}`,
      'Set the security policy again when you have access.',
    ],
    closing: 'You receive this email because you are an owner of the organization. The audit log has the details.',
  }),
  domain: (notice) => ({
    ...domainText(notice),
    closing: 'You receive this email because you are an owner of the organization.',
  }),
  'usage-threshold': ({ organization, meter, percent, used, limit, resetsAt, link }) => ({
    subject: `${organization} has used ${percent}% of its limit for ${meter}`,
    paragraphs: [
      `${organization} has used ${used.toLocaleString('en-US', decimals)} of ${limit.toLocaleString('en-US', decimals)} for ${meter}.`,
      percent < 100 ? 'No usage has been refused so far.' : 'Further usage is refused unless your organization has additional units.',
      resetsAt === null ? 'This limit does not reset automatically.' : `This limit resets at ${resetsAt}.`,
    ],
    action: { label: 'View usage', link },
    closing: 'Owners receive this email once per period. To stop it, turn off the setting email_notifications.',
  }),
  'weekly-usage': ({ organization, week, lines, link }) => ({
    subject: `Weekly usage of ${organization}: ${week}`,
    paragraphs: [`Usage of ${organization} in the week ${week}:`, lines.join('\n')],
    action: { label: 'View usage', link },
    closing: 'Owners receive this email every Monday. To stop it, turn off the setting weekly_reports.',
  }),
  billing: ({ link, ...notice }) => ({
    ...billingText(notice),
    action: { label: 'View plans and invoices', link },
    closing: 'You receive this email because you are an owner or the billing contact of the organization.',
  }),
};

const domainEnds: Readonly<Record<DomainEnd, string>> = {
  record_missing: 'Its TXT record was missing for more than seven days.',
  newer_proof: 'Another organization has proved that it controls the domain, and your TXT record is not in the DNS.',
  code_expired: 'The code that verified it was confirmed more than a year ago.',
  released: 'The operator released it.',
};

function domainText(data: DomainNotice): Pick<Draft, 'subject' | 'paragraphs'> {
  const { organization, domain } = data;
  switch (data.notice) {
    case 'record_missing':
      return {
        subject: `The TXT record of ${domain} is missing`,
        paragraphs: [
          `The TXT record that verifies ${domain} for ${organization} is not in the DNS.`,
          `Add it again before ${data.until}: ${data.record}`,
          'Until then, nobody joins through the domain without approval. After that day, the domain is no longer verified.',
        ],
      };
    case 'code_expires':
      return {
        subject: `Verify ${domain} again`,
        paragraphs: [`The verification of ${domain} for ${organization} ends on ${data.until}.`, 'Confirm a new code, or verify the domain by its TXT record.'],
      };
    case 'ended':
      return {
        subject: `${domain} is no longer verified`,
        paragraphs: [
          `${domain} is no longer verified for ${organization}. ${domainEnds[data.reason]}`,
          ...(data.note === null ? [] : [`Reason: ${data.note}`]),
          'Nobody joins through the domain, and requests to it no longer reach your organization. You can verify it again.',
        ],
      };
    case 'verified':
      return {
        subject: `${domain} is now verified`,
        paragraphs: [`${domain} now belongs to ${organization}. The other organization that had verified it no longer has its TXT record in the DNS.`],
      };
  }
}

function billingText(data: BillingNotice): Pick<Draft, 'subject' | 'paragraphs'> {
  const { organization } = data;
  switch (data.notice) {
    case 'trial_ends': {
      const inDays = `in ${data.days} day${data.days === 1 ? '' : 's'}`;
      return {
        subject: `Your trial ends ${inDays}`,
        paragraphs: [
          `The ${data.plan} trial of ${organization} ends ${inDays}.`,
          data.renews ? 'Your plan then continues, and you receive an invoice.' : 'Choose a plan to continue.',
        ],
      };
    }
    case 'trial_ended':
      return {
        subject: 'Your trial has ended',
        paragraphs: [
          `The ${data.plan} trial of ${organization} has ended.`,
          data.renews ? `The ${data.plan} plan continues. You can find the invoice with your other invoices.` : 'Choose a plan to keep its features.',
        ],
      };
    case 'invoice_issued':
      return {
        subject: `Invoice ${data.invoice} of ${organization}`,
        paragraphs: [
          `Invoice ${data.invoice} of ${organization} for ${data.total} is attached.`,
          data.amount === null ? 'There is nothing to pay.' : `Please pay ${data.amount} by ${data.dueOn}.`,
        ],
      };
    case 'credit_note_issued':
      return {
        subject: `Credit note ${data.creditNote} of ${organization}`,
        paragraphs: [`Credit note ${data.creditNote} of ${organization} for ${data.amount} is attached. It credits invoice ${data.invoice} in part or in full.`],
      };
    case 'invoice_overdue':
      return {
        subject: data.suspended ? `${organization} is suspended` : 'An invoice is overdue',
        paragraphs: [
          `Invoice ${data.invoice} for ${data.amount} was due on ${data.dueOn}.`,
          data.suspended ? `${organization} is suspended until the invoice is paid.` : 'Please pay it to keep access.',
        ],
      };
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
/** Renders a mail as text and as HTML. Escapes user input in the HTML, and keeps it from adding lines, links and headers. */
export function renderMail<Name extends keyof MailTemplates>(template: Name, data: MailTemplates[Name]): MailContent {
  const { subject, paragraphs, action, closing } = drafts[template](
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, shown(value, key)])) as unknown as MailTemplates[Name],
  );
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`),
    ...(action === undefined ? [] : [`<p><a href="${escapeHtml(action.link)}">${escapeHtml(action.label)}</a></p>`]),
    `<p>${escapeHtml(closing)}</p>`,
  ];
  return {
    subject: toOneLine(subject, 200),
    text: [...paragraphs, ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]), closing].join('\n\n'),
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>${html.join('')}</body></html>`,
  };
}
