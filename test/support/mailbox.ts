import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { ReceivedMails } from './received-mails.js';

/** A real SMTP listener that keeps what it is sent. */
export class Mailbox extends ReceivedMails {
  readonly #server: SMTPServer;

  private constructor() {
    super();
    this.#server = new SMTPServer({
      authOptional: true,
      // Clients that are still connected at the end of the test are not waited for.
      closeTimeout: 1000,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          void PostalMime.parse(Buffer.concat(chunks)).then((mail) =>
            done(this.receive(mail, recipients) ? null : Object.assign(new Error('try again later'), { responseCode: 451 })),
          );
        });
      },
    });
    // A server that is killed resets its connections.
    this.#server.on('error', () => undefined);
  }

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await new Promise<void>((resolve) => mailbox.#server.listen(0, '127.0.0.1', resolve));
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}?pool=true&maxConnections=1`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
