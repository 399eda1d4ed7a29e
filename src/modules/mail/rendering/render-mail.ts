import { toOneLine } from '../../../common/text/readable-text.js';
import type { MailKind, MailTemplates } from '../mail.templates.js';
import { draftMail, type Paragraph } from './mail-drafts.js';
import { htmlOf } from './mail-html.js';
import { MailVoice, type MailLanguage, type Values } from './mail-voice.js';

export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The organization that a mail is about. */
export interface MailSender {
  readonly name: string;
  readonly logoUrl: string | undefined;
  readonly color: string | undefined;
  /** Where its members get help: a URL or an address. */
  readonly help: string | undefined;
}

/** All that a mail depends on, in addition to its data. */
export interface MailSetting {
  readonly product: string;
  /** Whether the product offers passwords: mails of other products do not speak of them. */
  readonly passwords: boolean;
  readonly language: MailLanguage;
  /** Undefined for mails that are about a user only. */
  readonly organization: MailSender | undefined;
}

/** The data that a mail shows as it is: the application makes or has checked it. */
const verbatim = new Set(['link', 'code', 'domain', 'record', 'email', 'address', 'expiresAt', 'at', 'resetsAt', 'until', 'dueOn', 'signedUpOn', 'from', 'to']);
/** The data that may have several lines. */
const ofSeveralLines = new Set(['message']);
const maxName = 100;

/** Marks and joiners: parts of letters in many scripts, which mail programs leave in a link or leave out of it. */
const marks = String.raw`\p{M}\u200c\u200d`;
/** Match what mail programs turn into links: a scheme, a dot inside of a domain in any of its forms, and the beginning of a path of Windows (`\\server\share`). */
const schemes = new RegExp(String.raw`(?<!\p{L})\p{L}[\p{L}\p{N}${marks}+.-]*[:\ufe55\uff1a](?=\S)`, 'gu');
const dots = new RegExp(String.raw`(?<=[\p{L}\p{N}\p{S}${marks}_-])[.\u2024\u3002\ufe52\uff0e\uff61](?=[\p{L}\p{N}${marks}-]*[\p{L}${marks}]{2})`, 'gu');
const servers = /\\{2,}(?=[^\s\\])/g;

/** Returns a text in which mail programs find no link: a space follows what would begin one. */
const withoutLinks = (text: string): string => [schemes, dots, servers].reduce((left, pattern) => left.replace(pattern, '$& '), text);
/** Mail programs decode an encoded word (RFC 2047) in a header field: it could have what a name must not. */
const withoutEncodedWords = (text: string): string => text.replaceAll('=?', '= ?');
const shownName = (text: string): string => withoutLinks(toOneLine(text, maxName));

/** Returns data as every mail shows it: names are short, on one line, and no links. Data of a new template is no exception. */
function shown(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => shown(each, key));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each, name)]));
  if (typeof value !== 'string' || verbatim.has(key)) return value;
  if (!ofSeveralLines.has(key)) return shownName(value);
  return value
    .split(/\r\n|[\n\r]/)
    .map((line) => withoutLinks(toOneLine(line, 1000)))
    .join('\n');
}

/** The words of a person are marked line by line, so that they cannot pass for those of the application. */
function textOf(paragraph: Paragraph): string {
  if (typeof paragraph === 'string') return paragraph;
  return 'code' in paragraph ? paragraph.code : paragraph.quote.replaceAll(/^/gm, '> ');
}

/** Renders a mail as text and as HTML. Escapes user input in the HTML, and keeps it from adding lines, links and headers. */
export function renderMail<Kind extends MailKind>(kind: Kind, data: MailTemplates[Kind], { product, passwords, language, organization }: MailSetting): MailContent {
  const clean = shown(data) as MailTemplates[Kind];
  const values = { product, ...clean } as Values;
  const voiceOf = <Section extends keyof MailLanguage['messages']>(section: Section): MailVoice<Section> => new MailVoice(section, values, passwords, language);
  const common = voiceOf('common');
  const draft = draftMail(kind, clean, voiceOf);
  const heading = organization === undefined ? product : shownName(organization.name);
  const footer = [
    organization === undefined ? common.sayCommon('sentBy') : common.sayCommon('sentFor', { organization: heading }),
    ...(organization?.help === undefined ? [] : [common.sayCommon('help', { help: organization.help })]),
  ];
  const { paragraphs, action, closing } = draft;
  const subject = withoutEncodedWords(toOneLine(draft.subject, 200));
  const look = { language: language.language, heading, logoUrl: organization?.logoUrl, color: organization?.color };
  return {
    subject,
    text: [...paragraphs.map(textOf), ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]), closing, ...footer].join('\n\n'),
    html: htmlOf({ ...draft, subject }, footer, common.sayCommon('linkAsText'), look),
  };
}
