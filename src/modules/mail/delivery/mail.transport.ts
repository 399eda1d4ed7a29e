import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { access, constants, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SendMailOptions } from 'nodemailer';
import { Clock } from '../../../common/clock.js';
import { packages } from '../../../common/packages.js';
import { storableText } from '../../../common/text/storable-text.js';
import { AppConfig } from '../../../config/app-config.js';
import { maxAnswerLength } from './mail-failure.js';

/** Milliseconds. SMTP_URL may name others, as query parameters. */
const timeouts = { dnsTimeout: 5000, connectionTimeout: 5000, greetingTimeout: 10_000, socketTimeout: 20_000, socketCloseTimeout: 1000 };
/** Milliseconds that one delivery may take in all. */
export const deliveryTimeout = 60_000;
const defaultConnections = 5;

export type MailToSend = SendMailOptions & { readonly messageId: string; readonly signal: AbortSignal };

/** Asks programs that reply by themselves, for example in holidays, not to reply (RFC 3834). */
const headers = { 'Auto-Submitted': 'auto-generated' };

/** An idle connection that the server has closed is replaced once; other failures are for the caller to handle. */
const connect = (url: string, maxConnections: number) => packages.nodemailer.createTransport({ ...timeouts, url, pool: true, maxConnections, maxRequeues: 1, idleTimeout: 30_000 });

/** The folder to which mail is written without SMTP_URL. */
export const mailFolderOf = (dataDir: string): string => path.resolve(dataDir, 'mail');

/** Sends mail through the server at SMTP_URL. Without SMTP_URL, writes it as `.eml` files to `<data folder>/mail`. */
@Injectable()
export class MailTransport implements OnApplicationShutdown {
  #server: ReturnType<typeof connect> | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** The number of mails that are sent at a time. */
  get connections(): number {
    const wanted = this.config.smtpUrl === undefined ? null : new URL(this.config.smtpUrl).searchParams.get('maxConnections');
    return Math.max(1, Number.parseInt(wanted ?? '', 10) || defaultConnections);
  }

  /** The server, without its credentials, or the folder. */
  get destination(): string {
    return this.config.smtpUrl === undefined ? this.#folder : new URL(this.config.smtpUrl).host;
  }

  /**
   * @returns the answer of the server
   * @throws the error of the SMTP server or the file system
   */
  async send(mail: MailToSend): Promise<string> {
    const message = { from: this.#sender, headers, disableFileAccess: true, disableUrlAccess: true, ...mail };
    const server = this.#smtp;
    if (server !== undefined) return storableText((await server.sendMail(message)).response, maxAnswerLength);
    const { message: content } = await packages.nodemailer.createTransport({ streamTransport: true, buffer: true }).sendMail(message);
    const name = `${this.clock.now().toISOString().replace(/[:.]/g, '-')}-${mail.messageId.replace(/[^\w-]/g, '').slice(0, 36)}.eml`;
    await mkdir(this.#folder, { recursive: true });
    // A reader of the folder sees only complete files.
    await writeFile(path.join(this.#folder, `${name}.partial`), content as Buffer, { mode: 0o600 });
    await rename(path.join(this.#folder, `${name}.partial`), path.join(this.#folder, name));
    return name;
  }

  /** Connects to the server, and signs in. @throws the error of the SMTP server or the file system */
  async check(): Promise<void> {
    const server = this.#smtp;
    if (server !== undefined) {
      await server.verify();
      return;
    }
    await mkdir(this.#folder, { recursive: true });
    await access(this.#folder, constants.W_OK);
  }

  onApplicationShutdown(): void {
    this.#server?.close({ force: true });
  }

  /** The connections to SMTP_URL, once they are needed. */
  get #smtp(): ReturnType<typeof connect> | undefined {
    const { smtpUrl } = this.config;
    return smtpUrl === undefined ? undefined : (this.#server ??= connect(smtpUrl, this.connections));
  }

  /** The sender has the name of the product, unless MAIL_FROM has a name. */
  get #sender(): string | { name: string; address: string } {
    const { mailFrom, catalog } = this.config;
    return mailFrom.includes('<') ? mailFrom : { name: catalog.product, address: mailFrom };
  }

  get #folder(): string {
    return mailFolderOf(this.config.dataDir);
  }
}
