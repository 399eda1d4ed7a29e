import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** Receives the mail of all servers of a worker, and passes it on to the spec file that runs. */
export class MailSink {
  #mailbox: string | undefined;
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        this.#pass(Buffer.concat(chunks), recipients).then((accepted) => done(accepted ? null : Object.assign(new Error('try again later'), { responseCode: 451 })), done);
      });
    },
  });

  static async open(): Promise<MailSink> {
    const sink = new MailSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}?pool=true&maxConnections=1`;
  }

  /** @param mailbox the address of the spec file's mailbox; empty when its last server was given back */
  forwardTo(mailbox: string): void {
    this.#mailbox = mailbox === '' ? undefined : mailbox;
  }

  /** @returns whether the mailbox accepts the mail */
  async #pass(raw: Buffer, recipients: readonly string[]): Promise<boolean> {
    if (this.#mailbox === undefined) return true;
    const mail = await PostalMime.parse(raw, { attachmentEncoding: 'base64' });
    const answer = await fetch(this.#mailbox, { method: 'POST', body: JSON.stringify({ recipients, mail }) }).catch(() => undefined);
    return answer?.status !== 451;
  }
}
