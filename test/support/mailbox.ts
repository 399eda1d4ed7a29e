import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly mail: Email;
  /** The token in the mail's link. */
  readonly token: string | undefined;
}

/** A real SMTP listener that keeps what it is sent. */
export class Mailbox {
  readonly received: ReceivedMail[] = [];
  /** How many of the next deliveries are refused with a passing error. */
  failNext = 0;
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      // Whoever is still connected when the test is over is not waited for.
      closeTimeout: 1000,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.failNext > 0) {
            this.failNext -= 1;
            done(Object.assign(new Error('try again later'), { responseCode: 451 }));
            return;
          }
          void this.#keep(
            Buffer.concat(chunks),
            session.envelope.rcptTo.map(({ address }) => address),
          ).then(() => done());
        });
      },
    });
  }

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await new Promise<void>((resolve) => mailbox.#server.listen(0, '127.0.0.1', resolve));
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  /** The newest mail to an address whose subject contains a text; waits up to 10 s for it. */
  async waitFor(to: string, subject = '', count = 1): Promise<ReceivedMail> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.to(to).filter(({ mail }) => (mail.subject ?? '').includes(subject));
      const newest = found.at(-1);
      if (newest !== undefined && found.length >= count) return newest;
      if (Date.now() > deadline) throw new Error(`no mail to ${to} with "${subject}" in its subject (${found.length} of ${count})`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  to(address: string): ReceivedMail[] {
    return this.received.filter((mail) => mail.to === address);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #keep(raw: Buffer, recipients: readonly string[]): Promise<void> {
    const mail = await PostalMime.parse(raw);
    const token = /[?&]token=([\w-]+)/.exec(mail.text ?? '')?.[1];
    for (const to of recipients) this.received.push({ to, mail, token });
  }
}
