import { Injectable, Logger } from '@nestjs/common';
import type { MailFailure } from '../../../generated/prisma/client.js';
import { describeFailure, type FailedAttempt } from './mail-failure.js';
import { pauseOfServer } from './mail-retries.policy.js';
import { MailTransport } from './mail.transport.js';

/** Milliseconds between two warnings: mails that are refused now and then would otherwise fill the log. */
const warnAtMostEvery = 60_000;

/** Knows whether the mail server accepts mail, and logs when it ceases to and when it does again. */
@Injectable()
export class MailServerService {
  readonly #logger = new Logger('MailServer');
  #failure: FailedAttempt | undefined;
  #failedChecks = 0;
  #checkAgainAt = 0;
  #checking: Promise<boolean> | undefined;
  #warnedAt = -Infinity;
  /** The failures since the warning; undefined while there is none. */
  #failuresSinceWarning: number | undefined;

  constructor(private readonly transport: MailTransport) {}

  /** Why the server cannot be used; undefined while it answers. */
  get failure(): FailedAttempt | undefined {
    return this.#failure;
  }

  /** The checks that have failed since the server answered. */
  get failedChecks(): number {
    return this.#failedChecks;
  }

  /** Milliseconds until the server is asked again. */
  get pause(): number {
    return this.#failure === undefined ? 0 : Math.max(0, this.#checkAgainAt - performance.now());
  }

  /** Ends the pause: the server is asked again at once. */
  endPause(): void {
    this.#checkAgainAt = 0;
  }

  /** Connects to the server. Several calls at a time are one. @returns whether it answers */
  async check(): Promise<boolean> {
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #check(): Promise<boolean> {
    try {
      await this.transport.check();
    } catch (error) {
      this.#failedChecks++;
      this.#checkAgainAt = performance.now() + pauseOfServer(this.#failedChecks);
      const failure = describeFailure(error);
      // A check reads no mail: what it cannot tell is a connection that was closed.
      this.#failure = failure.kind === 'unreadable' ? { ...failure, kind: 'unreachable' } : failure;
      this.noteFailure(this.#failure);
      return false;
    }
    const failed = this.#failure !== undefined;
    this.#failure = undefined;
    this.#failedChecks = 0;
    if (failed) this.noteAccepted();
    return true;
  }

  /** Logs the first failure; the next ones are only counted. */
  noteFailure({ kind, answer }: { readonly kind: MailFailure; readonly answer: string }): void {
    if (this.#failuresSinceWarning !== undefined) {
      this.#failuresSinceWarning++;
      return;
    }
    if (performance.now() - this.#warnedAt < warnAtMostEvery) return;
    this.#warnedAt = performance.now();
    this.#failuresSinceWarning = 1;
    this.#logger.warn({ server: this.transport.destination, kind, answer }, 'mail is not delivered; further failures are not logged until the server accepts mail');
  }

  noteAccepted(): void {
    if (this.#failuresSinceWarning === undefined) return;
    const seconds = Math.round((performance.now() - this.#warnedAt) / 1000);
    this.#logger.log({ server: this.transport.destination, failures: this.#failuresSinceWarning, seconds }, 'the mail server accepts mail again');
    this.#failuresSinceWarning = undefined;
  }
}
