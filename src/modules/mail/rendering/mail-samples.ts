import type { MailKind, MailTemplates } from '../mail.templates.js';

const name = 'Grace Hopper';
const meters = [
  { name: 'API calls', shows: 'week', ofWeek: 8_120, used: 41_300, limit: 100_000 },
  { name: 'Seats', shows: 'value', ofWeek: 0, used: 8, limit: null },
  { name: 'Sessions', shows: 'peak', ofWeek: 12, used: 3, limit: 20 },
  { name: 'Visitors', shows: 'period', ofWeek: 0, used: 930, limit: null },
] as const;

/** Returns data of every kind of mail for a preview. @param appUrl where links lead */
export const sampleMails = (appUrl: string, organization = 'Acme'): { readonly [Kind in MailKind]: MailTemplates[Kind] } => {
  const linkTo = (path: string): string => `${appUrl}/${path}?token=preview`;
  const signIn = { name, signedUpOn: null, code: '1234 5678', link: linkTo('sign-in/mail') };
  return {
    'verify-email': { name, link: linkTo('verify-email') },
    invitation: {
      organization,
      inviter: 'Ada Lovelace',
      role: 'member',
      message: 'Hello Grace,\nthis is where we plan the launch.',
      link: linkTo('invitations/accept'),
      expiresAt: '2026-11-28T10:00:00.000Z',
    },
    'guardian-consent': { organization, member: name, link: linkTo('consent'), expiresAt: '2026-11-28T10:00:00.000Z' },
    'consent-given': { organization, member: name, link: linkTo('consent/withdraw') },
    welcome: { name, organization, link: appUrl },
    'reset-password': { name, signedUpOn: '2026-11-21', link: linkTo('reset-password') },
    'sign-in': signIn,
    'sign-in-known-network': signIn,
    'email-change': { name, email: 'grace@example.com', link: linkTo('undo-email-change') },
    'operator-second-factor': { name, link: linkTo('confirm-second-factor') },
    'account-erased': { code: 'eyJhbGciOiJFZERTQSJ9.\neyJlcmFzdXJlIjoiMDFhMWZiZmUifQ.\nc2lnbmF0dXJl' },
    'second-factor-added': { name, link: linkTo('undo-second-factor') },
    'second-factor-removed': { name },
    'identity-changed': { name, provider: 'Example Identity', change: 'added' },
    'new-device': { name, device: 'Firefox on Linux', address: '192.0.2.1', at: '2026-11-21T10:00:00.000Z' },
    'passkey-added': { name, passkey: 'Laptop', link: linkTo('undo-passkey') },
    'passkey-removed': { name, passkey: 'Laptop' },
    'domain-code': { organization, domain: 'acme.example', code: 'ABCD2345' },
    'member-added': { name, organization, role: 'member' },
    'join-approved': { name, organization, role: 'member' },
    'break-glass': { name, organization, link: linkTo('break-glass') },
    'security-relaxed': { organization, name: 'Ada Lovelace', email: 'ada@example.com', address: '192.0.2.1' },
    'security-reset': { organization, reason: 'Ticket 42' },
    'security-changed': {
      organization,
      change: 'sso_enabled',
      connection: 'Acme login',
      provider: 'https://login.acme.example',
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      setupLink: 'Pat, IT',
      byOperator: false,
      at: '2026-11-21T10:00:00.000Z',
    },
    domain: { organization, domain: 'acme.example', notice: 'record_missing', record: '_tenantry.acme.example TXT tenantry-verification=abc', until: '2026-11-28' },
    'export-ready': { organization, expiresAt: '2026-11-28T10:00:00.000Z' },
    'export-failed': { organization },
    'webhook-disabled': { organization, webhook: 'https://example.com/webhooks', change: 'failing' },
    'platform-webhook-disabled': { webhook: 'https://example.com/webhooks', change: 'failing' },
    'usage-threshold': { organization, meter: 'API calls', percent: 80, used: 80_000, limit: 100_000, resetsAt: '2026-12-01T00:00:00.000Z', link: appUrl },
    'weekly-usage': { organization, from: '2026-11-16', to: '2026-11-22', meters, requests: 8_344, link: appUrl },
    billing: {
      organization,
      notice: 'invoice_issued',
      invoice: 'INV-42',
      total: { amount: '11900', currency: 'EUR' },
      amount: { amount: '11900', currency: 'EUR' },
      dueOn: '2026-12-05',
      link: appUrl,
    },
  };
};
