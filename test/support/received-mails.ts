import { setTimeout as pause } from 'node:timers/promises';
import type { Email } from 'postal-mime';

export interface ReceivedMail {
  readonly to: string;
  readonly mail: Email;
  /** The token in the mail's link. */
  readonly token: string | undefined;
}

/** The mail that a test received. */
export class ReceivedMails {
  readonly received: ReceivedMail[] = [];
  /** How many of the next deliveries are refused with a passing error. */
  failNext = 0;

  /** The newest mail to an address whose subject contains a text; waits up to 10 s for it. */
  async waitFor(to: string, subject = '', count = 1): Promise<ReceivedMail> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.to(to).filter(({ mail }) => (mail.subject ?? '').includes(subject));
      const newest = found.at(-1);
      if (newest !== undefined && found.length >= count) return newest;
      if (Date.now() > deadline) throw new Error(`no mail to ${to} with "${subject}" in its subject (${found.length} of ${count})`);
      await pause(10);
    }
  }

  to(address: string): ReceivedMail[] {
    return this.received.filter((mail) => mail.to === address);
  }

  protected keep(mail: Email, recipients: readonly string[]): void {
    const token = /[?&]token=([\w-]+)/.exec(mail.text ?? '')?.[1];
    for (const to of recipients) this.received.push({ to, mail, token });
  }
}
