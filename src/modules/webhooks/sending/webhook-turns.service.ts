import { Injectable, Logger } from '@nestjs/common';
import { featureRefusal } from '../../../access/access-decision.js';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { closedState } from '../../../access/organization/organization-state.policy.js';
import { Clock } from '../../../common/clock.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { WebhookCountsService } from './webhook-counts.service.js';
import { testEventType } from '../webhook-body.js';
import { WebhookEndsService } from './webhook-ends.service.js';
import { WebhookGrantsService } from './webhook-grants.service.js';
import { beginAttempts, dropDelivery, endTurn, giveBack, leaveQueue, noteAttempt, noteHealth, type BegunDelivery, type WebhookTurn } from './webhook-queue.queries.js';
import { longestFailure, pauseAfter } from './webhook-retries.policy.js';
import { answerTimeout, WebhookSenderService, type SentAttempt } from './webhook-sender.service.js';

/** The deliveries that one turn begins, and how many of them are sent at a time. */
const turnSize = 20;
const parallel = 5;
/** Milliseconds after which a turn sends nothing more, so that the others get theirs. */
const turnTime = 5000;
/** Milliseconds after which a receiver counts as slow. */
const slowAnswer = 2000;
/** Milliseconds after which another replica takes a turn over: longer than a turn takes. */
export const leaseTime = turnTime + answerTimeout + 40_000;
/** Milliseconds until a webhook of a closed organization is looked at again. */
const closedPause = 15 * 60_000;
/** Milliseconds until a webhook without anything to send is looked at again. */
const idlePause = 1000;

/** The state of a turn. */
interface TurnCourse {
  readonly until: number;
  readonly left: BegunDelivery[];
  slow: boolean;
  /** That nothing more is sent in this turn. */
  ended: boolean;
}

/** Sends the deliveries of one webhook that are due, for a limited time. */
@Injectable()
export class WebhookTurnsService {
  readonly #logger = new Logger(WebhookTurnsService.name);

  constructor(
    private readonly pool: PlatformPool,
    private readonly organizations: OrganizationFactsService,
    private readonly sender: WebhookSenderService,
    private readonly grants: WebhookGrantsService,
    private readonly ends: WebhookEndsService,
    private readonly counts: WebhookCountsService,
    private readonly clock: Clock,
  ) {}

  /** @param signal breaks off the requests that are under way: their deliveries are given back */
  async take(turn: WebhookTurn, signal: AbortSignal): Promise<void> {
    if (!turn.enabled) return leaveQueue(this.pool, turn);
    if (!(await this.#maySend(turn))) return endTurn(this.pool, turn, { slow: turn.slow, notBefore: this.#in(closedPause) });
    if (!(await this.grants.mayReceive(turn))) return this.ends.disable(turn, 'not_permitted');
    const begun = await beginAttempts(this.pool, turn, this.clock.now(), turnSize);
    const course: TurnCourse = { until: performance.now() + turnTime, left: [...begun], slow: false, ended: false };
    const sent = await Promise.allSettled(Array.from({ length: turn.ordered ? 1 : parallel }, () => this.#sendMany(turn, course, signal)));
    await giveBack(this.pool, turn, course.left);
    await endTurn(this.pool, turn, { slow: begun.length === 0 ? turn.slow : course.slow, notBefore: this.#in(begun.length === 0 ? idlePause : 0) });
    for (const each of sent) if (each.status === 'rejected') throw each.reason;
  }

  /** A closed organization sends nothing, and neither does one without the feature. Its deliveries wait until it is open again. The platform receives its events anyway. */
  async #maySend(turn: WebhookTurn): Promise<boolean> {
    if (turn.ofPlatform) return true;
    if (closedState(turn) !== undefined) return false;
    return featureRefusal('webhooks', await this.organizations.get(turn.organizationId, turn.version)) === undefined;
  }

  async #sendMany(turn: WebhookTurn, course: TurnCourse, signal: AbortSignal): Promise<void> {
    while (!course.ended && !signal.aborted && performance.now() < course.until) {
      const delivery = course.left.shift();
      if (delivery === undefined) return;
      if (!receives(turn, delivery)) {
        await dropDelivery(this.pool, turn, delivery, this.clock.now());
        continue;
      }
      const attempt = await this.sender.send(turn, delivery, signal);
      if (signal.aborted && attempt.status === null) return giveBack(this.pool, turn, [delivery]);
      if (attempt.durationMs > slowAnswer) course.slow = true;
      const accepted = await this.#note(turn, delivery, attempt);
      // In order, a later event waits for the next attempt of this one. A webhook that answers slowly, or not, gives its place to others.
      if ((turn.ordered && !accepted) || attempt.durationMs > slowAnswer || attempt.status === 410) course.ended = true;
    }
  }

  /** @returns whether the delivery has arrived */
  async #note(turn: WebhookTurn, delivery: BegunDelivery, { askedPause, ...attempt }: SentAttempt): Promise<boolean> {
    const moment = this.clock.now();
    const accepted = attempt.result === 'accepted';
    const pause = pauseAfter(delivery.attempts, askedPause);
    const next = accepted || pause === undefined ? undefined : new Date(moment.getTime() + pause);
    const counts = await noteAttempt(this.pool, turn, delivery, attempt, { next, moment });
    this.counts.countAttempt({ result: attempt.result, duration: attempt.durationMs / 1000 });
    if (!counts) return accepted;
    if (accepted) this.counts.countDelivered((moment.getTime() - delivery.createdAt.getTime()) / 1000);
    else if (next === undefined) this.counts.countFailed();
    const since = await noteHealth(this.pool, turn, !accepted, moment);
    if (attempt.result === 'unreadable') this.#logger.error({ webhookId: turn.id, deliveryId: delivery.id }, 'a webhook could not be signed: its secret cannot be decrypted');
    if (attempt.status === 410) await this.ends.disable(turn, 'gone');
    else if (since !== undefined && moment.getTime() - since.getTime() >= longestFailure) await this.ends.disable(turn, 'failing');
    return accepted;
  }

  #in(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}

/** Whether a webhook still receives the events of a delivery. A delivery can be older than the last change of the types. */
const receives = ({ sentTypes }: WebhookTurn, { event: { type } }: BegunDelivery): boolean => type === testEventType || sentTypes === null || sentTypes.includes(type);
