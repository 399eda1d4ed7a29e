import type { DomainEnd, MailKind, MailTemplates, MeterLine, SignInMail } from '../mail.templates.js';
import type { MailMessages } from '../locales/en.js';
import type { MailVoice } from './mail-voice.js';

/** A paragraph. A code and the words of a person are set apart from those of the application. */
export type Paragraph = string | { readonly code: string } | { readonly quote: string };

/** A mail before it is text or HTML. */
export interface Draft {
  readonly subject: string;
  readonly paragraphs: readonly Paragraph[];
  readonly action?: { readonly label: string; readonly link: string };
  readonly closing: string;
}

/** The sections of the texts: two kinds of mail that differ only in how they are counted say the same. */
const sectionOf = { 'sign-in-known-network': 'sign-in' } as const;
type SectionOf<Kind extends MailKind> = Kind extends keyof typeof sectionOf ? (typeof sectionOf)[Kind] : Kind & keyof MailMessages;

type Drafter<Kind extends MailKind> = (data: MailTemplates[Kind], voice: MailVoice<SectionOf<Kind>>) => Draft;

/** Drafts a mail that has one text after the greeting, an action if its data has a link, and a closing. */
const plain = ({ link }: { readonly link?: string }, voice: MailVoice<'verify-email'>): Draft => ({
  subject: voice.say('subject'),
  paragraphs: [voice.sayCommon('hello'), voice.say('text')],
  ...(link === undefined ? {} : { action: { label: voice.say('action'), link } }),
  closing: voice.say('closing'),
});
/** The kinds that `plain` drafts have the texts `subject`, `text` and `closing`, and `action` if their data has a link. */
const plainMail = plain as (data: object, voice: unknown) => Draft;

const accountOf = (signedUpOn: string | null, voice: Pick<MailVoice<'common'>, 'sayCommon' | 'day'>): string[] =>
  signedUpOn === null ? [] : [voice.sayCommon('severalAccounts', { signedUpOn: voice.day(signedUpOn) })];

const signIn = ({ signedUpOn, code, link }: SignInMail, voice: MailVoice<'sign-in'>): Draft => ({
  subject: voice.say('subject'),
  paragraphs: [voice.sayCommon('hello'), voice.say('text'), { code }, ...accountOf(signedUpOn, voice)],
  action: { label: voice.say('action'), link },
  closing: voice.say('closing'),
});

const domainEnds = {
  record_missing: 'endedByMissingRecord',
  newer_proof: 'endedByNewerProof',
  code_expired: 'endedByExpiredCode',
  released: 'endedByRelease',
} as const satisfies Record<DomainEnd, keyof MailMessages['domain']>;

function domainDraft(data: MailTemplates['domain'], voice: MailVoice<'domain'>): Pick<Draft, 'subject' | 'paragraphs'> {
  switch (data.notice) {
    case 'record_missing':
      return {
        subject: voice.say('recordMissingSubject'),
        paragraphs: [voice.say('recordMissing'), voice.say('recordMissingTask', { until: voice.day(data.until) }), voice.say('recordMissingEffect')],
      };
    case 'code_expires':
      return { subject: voice.say('codeExpiresSubject'), paragraphs: [voice.say('codeExpires', { until: voice.day(data.until) }), voice.say('codeExpiresTask')] };
    case 'ended':
      return {
        subject: voice.say('endedSubject'),
        paragraphs: [
          `${voice.say('ended')} ${voice.say(domainEnds[data.reason])}`,
          ...(data.note === null ? [] : [voice.sayCommon('reason', { reason: data.note })]),
          voice.say('endedEffect'),
        ],
      };
    case 'verified':
      return { subject: voice.say('verifiedSubject'), paragraphs: [voice.say('verified')] };
  }
}

function securityDraft(data: MailTemplates['security-changed'], voice: MailVoice<'security-changed'>): Pick<Draft, 'subject' | 'paragraphs'> {
  const by = voice.say(data.setupLink === null ? 'byMember' : data.byOperator ? 'bySetupLinkOfOperator' : 'bySetupLink', { at: voice.time(data.at) });
  switch (data.change) {
    case 'sso_enabled':
      return { subject: voice.say('ssoEnabledSubject'), paragraphs: [voice.say('ssoEnabled'), by, voice.say('ssoTask')] };
    case 'sso_changed':
      return { subject: voice.say('ssoChangedSubject'), paragraphs: [voice.say('ssoChanged', { fields: data.fields.join(', ') }), by, voice.say('ssoTask')] };
    case 'setup_link': {
      const made = voice.say(data.reason === null ? 'setupLinkOfMember' : 'setupLink', { at: voice.time(data.at) });
      return { subject: voice.say('setupLinkSubject'), paragraphs: [made, ...(data.reason === null ? [] : [voice.sayCommon('reason')]), voice.say('setupLinkTask')] };
    }
    case 'settings':
      return { subject: voice.say('settingsSubject'), paragraphs: [voice.say('settings', { fields: data.fields.join(', ') }), by, voice.say('settingsTask')] };
    case 'directory_token':
      return { subject: voice.say('directoryTokenSubject'), paragraphs: [voice.say('directoryToken'), by, voice.say('directoryTokenTask')] };
    case 'directory_changed':
      return {
        subject: voice.say('directoryChangedSubject'),
        paragraphs: [voice.say('directoryChanged', { fields: data.fields.join(', ') }), by, voice.say('directoryChangedTask')],
      };
    case 'directory_group':
      return {
        subject: voice.say('directoryChangedSubject'),
        paragraphs: [voice.say('directoryGroup', { fields: data.fields.join(', ') }), by, voice.say('directoryChangedTask')],
      };
    case 'domain_verified':
      return { subject: voice.say('domainVerifiedSubject'), paragraphs: [voice.say('domainVerified'), by, voice.say('domainVerifiedTask')] };
    case 'domain_removed':
      return { subject: voice.say('domainRemovedSubject'), paragraphs: [voice.say('domainRemoved'), by, voice.say('domainRemovedTask')] };
    case 'owner_granted':
      return { subject: voice.say('ownerSubject'), paragraphs: [voice.say('ownerGranted'), by, voice.say('ownerTask')] };
    case 'owner_taken':
      return { subject: voice.say('ownerSubject'), paragraphs: [voice.say('ownerTaken'), by, voice.say('ownerTask')] };
    case 'domain_changed':
      return { subject: voice.say('domainChangedSubject'), paragraphs: [voice.say('domainChanged', { fields: data.fields.join(', ') }), by, voice.say('domainChangedTask')] };
  }
}

function billingDraft(data: MailTemplates['billing'], voice: MailVoice<'billing'>): Pick<Draft, 'subject' | 'paragraphs'> {
  switch (data.notice) {
    case 'trial_ends': {
      const values = { inDays: voice.inDays(data.days) };
      return {
        subject: voice.say('trialEndsSubject', values),
        paragraphs: [voice.say('trialEnds', values), voice.say(data.renews ? 'trialEndsRenews' : 'trialEndsTask')],
      };
    }
    case 'trial_ended':
      return { subject: voice.say('trialEndedSubject'), paragraphs: [voice.say('trialEnded'), voice.say(data.renews ? 'trialEndedRenews' : 'trialEndedTask')] };
    case 'invoice_issued':
      return {
        subject: voice.say('invoiceSubject'),
        paragraphs: [
          voice.say('invoice', { total: voice.money(data.total) }),
          data.amount === null ? voice.say('nothingToPay') : voice.say('pay', { amount: voice.money(data.amount), dueOn: voice.day(data.dueOn) }),
        ],
      };
    case 'credit_note_issued':
      return { subject: voice.say('creditNoteSubject'), paragraphs: [voice.say('creditNote', { amount: voice.money(data.amount) })] };
    case 'invoice_overdue':
      return {
        subject: voice.say(data.suspended ? 'suspendedSubject' : 'overdueSubject'),
        paragraphs: [voice.say('overdue', { amount: voice.money(data.amount), dueOn: voice.day(data.dueOn) }), voice.say(data.suspended ? 'suspended' : 'overdueTask')],
      };
  }
}

/** Returns the line of a meter, for example `Quizzes: 12 (current period: 40 of 100)`. */
function meterLine({ name, shows, ofWeek, used, limit }: MeterLine, voice: MailVoice<'weekly-usage'>): string {
  const quantity = voice.number(ofWeek);
  const most = limit === null ? null : voice.number(limit);
  const current = most === null ? voice.say('ofUnlimited', { used: voice.number(used) }) : voice.say('ofLimit', { used: voice.number(used), limit: most });
  switch (shows) {
    case 'value':
      return voice.say('quantity', { name, quantity: current });
    case 'period':
      return voice.say('currentPeriod', { name, current });
    case 'peak':
      return voice.say('peak', { name, quantity, limit: most === null ? voice.say('unlimited') : voice.say('limit', { limit: most }) });
    case 'week':
      return voice.say('quantityInPeriod', { name, quantity, current });
  }
}

const drafters: { readonly [Kind in MailKind]: Drafter<Kind> } = {
  'verify-email': plainMail,
  'reset-password': (data, voice) => {
    const { paragraphs, ...draft } = plainMail(data, voice);
    return { ...draft, paragraphs: [...paragraphs, ...accountOf(data.signedUpOn, voice)] };
  },
  'sign-in': signIn,
  'sign-in-known-network': signIn,
  welcome: plainMail,
  'operator-second-factor': plainMail,
  'second-factor-added': plainMail,
  'second-factor-removed': plainMail,
  'passkey-added': plainMail,
  'passkey-removed': plainMail,
  'email-change': plainMail,
  // It greets nobody: the name is gone.
  'account-erased': ({ code }, voice) => ({ subject: voice.say('subject'), paragraphs: [voice.say('text'), { code }], closing: voice.say('closing') }),
  'member-added': plainMail,
  'join-approved': plainMail,
  'break-glass': plainMail,
  invitation: ({ message, link, expiresAt }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), ...(message === null ? [] : [{ quote: message }])],
    action: { label: voice.say('action'), link },
    closing: voice.say('closing', { expiresAt: voice.time(expiresAt) }),
  }),
  'guardian-consent': ({ link, expiresAt }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text')],
    action: { label: voice.say('action'), link },
    closing: voice.say('closing', { expiresAt: voice.time(expiresAt) }),
  }),
  'consent-given': ({ link }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text')],
    action: { label: voice.say('action'), link },
    closing: voice.say('closing'),
  }),
  'new-device': ({ at }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.sayCommon('hello'), voice.say('text', { at: voice.time(at) })],
    closing: voice.say('closing'),
  }),
  'identity-changed': ({ change }, voice) => ({
    subject: voice.say(change === 'added' ? 'subjectAdded' : 'subjectRemoved'),
    paragraphs: [voice.sayCommon('hello'), voice.say(change === 'added' ? 'textAdded' : 'textRemoved')],
    closing: voice.say('closing'),
  }),
  'domain-code': ({ code }, voice) => ({ subject: voice.say('subject'), paragraphs: [voice.say('text'), { code }], closing: voice.say('closing') }),
  'security-relaxed': (_, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), voice.say('effect')],
    closing: voice.sayCommon('toOwnersWithLog'),
  }),
  'security-reset': (_, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), voice.sayCommon('reason'), voice.say('effect')],
    closing: voice.sayCommon('toOwnersWithLog'),
  }),
  'security-changed': (data, voice) => ({ ...securityDraft(data, voice), closing: voice.sayCommon('toOwnersWithLog') }),
  domain: (data, voice) => ({ ...domainDraft(data, voice), closing: voice.sayCommon('toOwners') }),
  'export-ready': ({ expiresAt }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), voice.say('until', { expiresAt: voice.time(expiresAt) }), voice.say('warning')],
    closing: voice.say('closing'),
  }),
  'export-failed': (_data, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), voice.say('effect')],
    closing: voice.say('closing'),
  }),
  'webhook-disabled': ({ change }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), voice.say(change), voice.say(change === 'not_permitted' ? 'effectOfGrant' : 'effect')],
    closing: voice.sayCommon('toOwners'),
  }),
  'platform-webhook-disabled': ({ change }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [voice.say('text'), voice.say(change), voice.say('effect')],
    closing: voice.sayCommon('toOperators'),
  }),
  'usage-threshold': ({ percent, used, limit, resetsAt, link }, voice) => ({
    subject: voice.say('subject'),
    paragraphs: [
      voice.say('text', { used: voice.number(used), limit: voice.number(limit) }),
      voice.say(percent < 100 ? 'notRefused' : 'refused'),
      resetsAt === null ? voice.say('doesNotReset') : voice.say('resets', { resetsAt: voice.time(resetsAt) }),
    ],
    action: { label: voice.say('action'), link },
    closing: voice.say('closing'),
  }),
  'weekly-usage': ({ from, to, meters, requests, link }, voice) => {
    const week = voice.say('week', { first: voice.day(from), last: voice.day(to) });
    const lines = [...meters.map((meter) => meterLine(meter, voice)), voice.say('quantity', { name: voice.say('requests'), quantity: voice.number(requests) })];
    return {
      subject: voice.say('subject', { week }),
      paragraphs: [voice.say('text', { week }), lines.join('\n')],
      action: { label: voice.say('action'), link },
      closing: voice.say('closing'),
    };
  },
  billing: (data, voice) => ({ ...billingDraft(data, voice), action: { label: voice.say('action'), link: data.link }, closing: voice.say('closing') }),
};

/** Drafts a mail. @param voiceOf the voice of a section of the texts */
export function draftMail<Kind extends MailKind>(kind: Kind, data: MailTemplates[Kind], voiceOf: (section: keyof MailMessages) => MailVoice<keyof MailMessages>): Draft {
  const section = (sectionOf as Readonly<Partial<Record<MailKind, keyof MailMessages>>>)[kind] ?? (kind as keyof MailMessages);
  return (drafters[kind] as unknown as (data: unknown, voice: unknown) => Draft)(data, voiceOf(section));
}

/** All kinds of mail. */
export const mailKinds = Object.keys(drafters) as readonly MailKind[];
