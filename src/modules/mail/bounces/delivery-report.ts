import type { Attachment } from 'postal-mime';
import { storableText } from '../../../common/text/storable-text.js';
import { maxAnswerLength } from '../delivery/mail-failure.js';

/** A report that a mail was not delivered after a mail server had accepted it. */
export interface DeliveryReport {
  readonly mailId: string;
  /** The enhanced status code (RFC 3463), such as `5.1.1`. */
  readonly status: string;
  readonly diagnostic: string;
}

/** The `Message-ID` of a mail of the outbox, in the header of the returned message. */
const ownMessageId = /^message-id:\s*<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@tenantry>/im;
const returnedTypes = ['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers', 'message/global', 'message/global-headers'];

const decoder = new TextDecoder();
const textOf = ({ content }: Attachment): string => (typeof content === 'string' ? content : decoder.decode(content));

const headerOf = (message: string): string => message.split(/\r?\n\r?\n/, 1)[0] ?? '';

/** Returns the fields of each group of a delivery status (RFC 3464), by their name in lower case. Groups are apart by empty lines; long fields are folded. Takes time in proportion to the text. */
const groupsOf = (status: string): ReadonlyMap<string, string>[] =>
  status
    .replaceAll('\r\n', '\n')
    .replaceAll(/\n[ \t]+/g, ' ')
    .split(/\n{2,}/)
    .map((group) => {
      const fields = group.split('\n').map((line) => /^([\w-]+):(.*)$/s.exec(line));
      return new Map(fields.filter((field) => field !== null).map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()]));
    });

/** Bytes of a report that are read. The text of the returned mail comes last. */
export const maxReportBytes = 256 * 1024;

/**
 * Reads a delivery status notification (RFC 3464), as mail servers send it to the envelope sender.
 *
 * @param raw the first {@link maxReportBytes} of the notification; those that follow are not read
 * @param findMail finds the mail by the header of the notification, which has the address of the mail. Without it, the mail is known by the `Message-ID` of the message that
 *   the notification returns, never by an address in it: its id is known to its recipient, and to those who got a reply to it or a copy of it.
 * @returns undefined for any other mail, a report without a failure (of a delay, for example), one that is malformed, and one of a mail of somebody else
 */
export async function readDeliveryReport(raw: Uint8Array, findMail?: (header: string) => string | undefined): Promise<DeliveryReport | undefined> {
  const { default: PostalMime } = await import('postal-mime');
  const read = raw.subarray(0, maxReportBytes);
  // Its parser throws for parts that are nested too deep, and the like.
  const { attachments } = await PostalMime.parse(read, { forceRfc822Attachments: true }).catch(() => ({ attachments: [] }));
  const statuses = attachments.filter(({ mimeType }) => ['message/delivery-status', 'message/global-delivery-status'].includes(mimeType));
  const failed = statuses.flatMap((part) => groupsOf(textOf(part))).find((fields) => fields.get('action')?.toLowerCase() === 'failed');
  const status = /^[45]\.\d{1,3}\.\d{1,3}/.exec(failed?.get('status') ?? '')?.[0];
  const returned = attachments.find(({ mimeType }) => returnedTypes.includes(mimeType));
  const mailId = findMail === undefined ? ownMessageId.exec(headerOf(returned === undefined ? '' : textOf(returned)))?.[1] : findMail(headerOf(decoder.decode(read)));
  if (mailId === undefined || status === undefined) return undefined;
  const diagnostic = (failed?.get('diagnostic-code') ?? '').replace(/^smtp;\s*/i, '');
  return { mailId, status, diagnostic: storableText(diagnostic, maxAnswerLength) };
}
