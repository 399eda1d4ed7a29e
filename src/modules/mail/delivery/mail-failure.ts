import { storableText } from '../../../common/text/storable-text.js';
import type { MailFailure } from '../../../generated/prisma/client.js';

/** Why an attempt to deliver a mail failed. */
export interface FailedAttempt {
  readonly kind: MailFailure;
  /** Whether every further attempt would fail for the same reason. */
  readonly permanent: boolean;
  /** Whether the cause may be the server, not the mail: the server is asked before other mails are attempted. */
  readonly ofServer: boolean;
  /** The answer of the server, or the error. */
  readonly answer: string;
}

/** The part of an error of nodemailer, or of the file system, that shows what happened. */
interface TransportError {
  readonly message: string;
  readonly code?: string;
  /** The SMTP command that failed. */
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number | false;
  readonly syscall?: string;
}

/** The characters of an answer that are kept. */
export const maxAnswerLength = 500;
const loginErrors = ['EAUTH', 'ENOAUTH', 'EOAUTH2'];
const connectionErrors = ['ECONNECTION', 'ESOCKET', 'EDNS', 'ETLS', 'EREQUIRETLS', 'EPROTOCOL', 'EPROXY', 'ECONFIG'];
const fileOperations = ['open', 'write', 'mkdir', 'close', 'access', 'rename'];
const passing = (kind: MailFailure, ofServer = false) => ({ kind, permanent: false, ofServer });
const permanent = (kind: MailFailure) => ({ kind, permanent: true, ofServer: false });

/** Distinguishes permanent failures, which concern this mail only, from passing ones. */
export function describeFailure(thrown: unknown): FailedAttempt {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as TransportError;
  return { ...classify(error), answer: storableText(error.response ?? error.message, maxAnswerLength) };
}

/**
 * Returns why a mail failed that a server had accepted: `deferred` if the server has given up after passing errors, `content_refused` for a refusal by policy (5.7), which
 * says nothing about the address.
 *
 * @param status the enhanced status code (RFC 3463)
 */
export function failureOfBounce(status: string): MailFailure {
  if (status.startsWith('4.')) return 'deferred';
  return status.startsWith('5.7.') ? 'content_refused' : 'bounced';
}

function classify({ code = '', command = '', responseCode, syscall }: TransportError): Omit<FailedAttempt, 'answer'> {
  if (code === 'ETIMEDOUT' || code === 'EABORT') return passing('timeout', true);
  if (loginErrors.includes(code)) return passing('login_refused', true);
  if (code === 'EENVELOPE' && command === 'API') return permanent('recipient_refused');
  // A mail that is larger than the server accepts (RFC 1870): nodemailer finds out by itself, or the server says so.
  if (code === 'EMESSAGE' && command === 'MAIL FROM') return permanent('content_refused');
  if (typeof responseCode === 'number' && ['MAIL FROM', 'RCPT TO', 'DATA'].includes(command)) return classifyAnswer(command, responseCode);
  if (connectionErrors.includes(code)) return passing('unreachable', true);
  if (syscall !== undefined && fileOperations.includes(syscall)) return passing('storage', true);
  return passing('unreadable');
}

/** @param responseCode the answer to a command that begins to deliver one mail */
function classifyAnswer(command: string, responseCode: number): Omit<FailedAttempt, 'answer'> {
  if (responseCode === 421) return passing('unreachable', true);
  // 503: the connection, not the mail, is in a wrong state.
  if (responseCode < 500 || responseCode === 503) return passing('deferred');
  if (command === 'RCPT TO') return permanent('recipient_refused');
  if (command === 'DATA' || responseCode === 552) return permanent('content_refused');
  return passing('sender_refused');
}
