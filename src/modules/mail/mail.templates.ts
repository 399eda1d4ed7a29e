/** The mails that we send, and what each needs to know. */
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
  'reset-password': { readonly name: string; readonly link: string };
  'domain-code': { readonly organization: string; readonly domain: string; readonly code: string };
  'join-approved': { readonly name: string; readonly organization: string; readonly role: string };
  'usage-threshold': {
    readonly organization: string;
    readonly meter: string;
    readonly percent: number;
    readonly used: number;
    readonly limit: number;
    readonly resetsAt: string | null;
    readonly link: string;
  };
  'usage-report': { readonly organization: string; readonly week: string; readonly lines: readonly string[]; readonly link: string };
  billing: { readonly subject: string; readonly paragraphs: readonly string[]; readonly link: string };
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

const drafts: { readonly [Name in keyof MailTemplates]: (data: MailTemplates[Name]) => Draft } = {
  'verify-email': ({ name, link }) => ({
    subject: 'Confirm your e-mail address',
    paragraphs: [`Hello ${name},`, 'please confirm that this address is yours.'],
    action: { label: 'Confirm address', link },
    closing: 'The link works once, for 24 hours. If you did not sign up, do nothing.',
  }),
  invitation: ({ organization, inviter, role, message, link, expiresAt }) => ({
    subject: `${inviter} invites you to ${organization}`,
    paragraphs: [`${inviter} invites you to join ${organization} as ${role}.`, ...(message === null ? [] : [message])],
    action: { label: 'Accept the invitation', link },
    closing: `The invitation is valid until ${expiresAt}. If you do not know the sender, do nothing.`,
  }),
  welcome: ({ name, organization, link }) => ({
    subject: `Welcome to ${organization}`,
    paragraphs: [`Hello ${name},`, `${organization} is ready for you.`],
    action: { label: 'Sign in', link },
    closing: 'If you were not told a password, choose one with "Forgot password".',
  }),
  'reset-password': ({ name, link }) => ({
    subject: 'Reset your password',
    paragraphs: [`Hello ${name},`, 'somebody asked for a new password for your account.'],
    action: { label: 'Choose a new password', link },
    closing: 'The link works once, for an hour. If it was not you, do nothing: your password stays as it is.',
  }),
  'domain-code': ({ organization, domain, code }) => ({
    subject: `Confirm ${domain} for ${organization}`,
    paragraphs: [`${organization} says that its people have addresses at ${domain}. If that is so, give them this code:`, code],
    closing: 'The code works once, for an hour. If you do not know the organization, do nothing.',
  }),
  'join-approved': ({ name, organization, role }) => ({
    subject: `You are a member of ${organization}`,
    paragraphs: [`Hello ${name},`, `your request to join ${organization} was approved. Your role is ${role}.`],
    closing: 'You find it among your organizations the next time that you sign in.',
  }),
  'usage-threshold': ({ organization, meter, percent, used, limit, resetsAt, link }) => ({
    subject: `${organization} has used ${percent} % of its limit: ${meter}`,
    paragraphs: [
      `${meter}: ${used.toLocaleString('en-US')} of ${limit.toLocaleString('en-US')} are used.`,
      percent < 100 ? 'Nothing has changed yet.' : 'More is refused, unless it was granted beside the plan.',
      resetsAt === null ? 'This limit does not begin anew by itself.' : `It begins anew at ${resetsAt}.`,
    ],
    action: { label: 'See the usage', link },
    closing: 'Owners get this mail once in a period. The setting email_notifications switches it off.',
  }),
  'usage-report': ({ organization, week, lines, link }) => ({
    subject: `What ${organization} used: ${week}`,
    paragraphs: [`The week ${week} of ${organization}:`, lines.join('\n')],
    action: { label: 'See the usage', link },
    closing: 'Owners get this mail each Monday. The setting weekly_reports switches it off.',
  }),
  billing: ({ subject, paragraphs, link }) => ({
    subject,
    paragraphs,
    action: { label: 'Plans and invoices', link },
    closing: 'You get this because you are responsible for what the organization pays.',
  }),
};

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Writes a mail as text and as HTML. What users wrote is escaped, and cannot add headers. */
export function renderMail<Name extends keyof MailTemplates>(template: Name, data: MailTemplates[Name]): MailContent {
  const { subject, paragraphs, action, closing } = drafts[template](data);
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`),
    ...(action === undefined ? [] : [`<p><a href="${escapeHtml(action.link)}">${escapeHtml(action.label)}</a></p>`]),
    `<p>${escapeHtml(closing)}</p>`,
  ];
  return {
    subject: oneLine(subject).slice(0, 200),
    text: [...paragraphs, ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]), closing].join('\n\n'),
    html: `<!doctype html><html><body>${html.join('')}</body></html>`,
  };
}
