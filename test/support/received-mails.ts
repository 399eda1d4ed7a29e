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
  readonly #refusing = new Set<string>();

  /** Refuses the next delivery to an address with a passing error. */
  refuseNext(address: string): void {
    this.#refusing.add(address);
  }

  /** The mail to an address that was written last, of those whose subject contains a text; waits up to 20 s until `count` have arrived. */
  async waitFor(to: string, subject = '', count = 1): Promise<ReceivedMail> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = this.to(to).filter(({ mail }) => (mail.subject ?? '').includes(subject));
      const newest = found.at(-1);
      if (newest !== undefined && found.length >= count) return newest;
      if (Date.now() > deadline) throw new Error(`no mail to ${to} with "${subject}" in its subject (${found.length} of ${count})`);
      await pause(10);
    }
  }

  /**
   * The mails to an address in the order in which they were written: they are sent in parallel, and arrive in any order. Delivery is at least once: a mail that
   * arrived twice, such as while a test sets the clock of one server and another one delivers, is one mail.
   */
  to(address: string): ReceivedMail[] {
    const mails = new Map(this.received.filter((mail) => mail.to === address).map((mail) => [writtenAs(mail), mail]));
    return [...mails.values()].toSorted((one, other) => (writtenAs(one) < writtenAs(other) ? -1 : 1));
  }

  /** @returns false when this delivery is to be refused */
  protected receive(mail: Email, recipients: readonly string[]): boolean {
    if (recipients.some((to) => this.#refusing.delete(to))) return false;
    const token = /[?&]token=([\w-]+)/.exec(mail.text ?? '')?.[1];
    for (const to of recipients) this.received.push({ to, mail, token });
    return true;
  }
}

/** The Message-ID is that of the row in the outbox, a UUIDv7: ids grow with time. */
const writtenAs = ({ mail }: ReceivedMail): string => mail.messageId ?? '';
