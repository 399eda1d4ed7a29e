import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { startTenantry } from '../support/command.js';
import { Answers } from '../support/soak/answers.js';
import { soakFaults } from '../support/soak/faults.js';
import { SoakInstallation } from '../support/soak/installation.js';
import { SoakTenant } from '../support/soak/tenant.js';

/** Minutes, with a fault in each; undefined for each fault once, one soon after the other. */
const minutes = process.env['SOAK_MINUTES'] === undefined ? undefined : Number(process.env['SOAK_MINUTES']);
const minute = 60_000;
const [lasting, tenantCount, thought] = minutes === undefined ? [3000, 4, 300] : [10_000, 12, 400];

interface Injected {
  readonly name: string;
  readonly at: number;
  ended: number;
  healed: number;
}

let installation: SoakInstallation;
beforeAll(async () => void (installation = await SoakInstallation.start(3)), 120_000);
afterAll(() => installation.remove(), 60_000);

const rows = (sql: string, ...values: unknown[]): Promise<Record<string, any>[]> => installation.postgres.query(sql, ...values);

async function injectFaults(answers: Answers): Promise<Injected[]> {
  const faults = soakFaults(installation, answers, minutes === undefined);
  const injected: Injected[] = [];
  const count = minutes ?? faults.length;
  for (let number = 0; number < count; number += 1) {
    const began = performance.now();
    const fault = faults[number % faults.length] as (typeof faults)[number];
    const entry = { name: fault.name, at: answers.now(), ended: 0, healed: 0 };
    await fault.run(lasting);
    entry.ended = answers.now();
    // The readiness is asked for four times a second.
    await pause(500);
    await installation.healed();
    entry.healed = answers.now();
    injected.push(entry);
    await pause(minutes === undefined ? 500 : Math.max(1000, minute - (performance.now() - began)));
  }
  return injected;
}

/** Sends all mail that waits for its next attempt. */
async function deliverMails(): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    const waiting = await rows(`select from mail_messages where status = 'pending'`);
    if (waiting.length === 0) return;
    if (round % 10 === 0) {
      await rows(`update mail_messages set next_attempt_at = now() where status = 'pending' and next_attempt_at < now() + interval '2 hours'`);
      await rows('notify tenantry_outbox');
    }
    await pause(1000);
  }
}

function report(answers: Answers, injected: readonly Injected[], end: number, tenants: readonly SoakTenant[], lost: readonly string[]): string {
  const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1).padStart(6);
  const lines = injected.map(({ name, at, ended, healed }, index) => {
    const { longestGap, lastFailure, failures } = answers.between(at, injected[index + 1]?.at ?? end);
    const outcomes = Object.entries(failures).map(([outcome, count]) => `${count} × ${outcome}`);
    return `${seconds(longestGap)} ${seconds(lastFailure)} ${seconds(ended - at)} ${seconds(healed - ended)}  ${name}${outcomes.length > 0 ? `: ${outcomes.join(', ')}` : ''}`;
  });
  const lives = installation.lives.map(({ replica, began, samples }) => {
    const last = samples.at(-1);
    const first = samples.find(({ at }) => at > began + 30_000) ?? last;
    const most = samples.reduce((highest, { memory }) => Math.max(highest, memory), 0);
    const lasted = (last?.at ?? began) - began;
    return { lasted, text: `  replica ${replica}: ${first?.memory}, ${last?.memory}, ${most} in ${seconds(lasted).trim()} s` };
  });
  const longest = lives.toSorted((a, b) => b.lasted - a.lasted).slice(0, 4);
  const duplicates = installation.smtp.accepted.length - new Set(installation.smtp.accepted.map(({ messageId }) => messageId)).size;
  return [
    '',
    `requests: ${answers.total} in ${Math.round(answers.now() / 1000)} s, the longest took ${seconds(answers.longest).trim()} s`,
    ...Object.entries(answers.counts).map(([outcome, count]) => `  ${String(count).padStart(7)}  ${outcome}`),
    `acknowledged writes: ${tenants.reduce((sum, { acknowledged }) => sum + acknowledged, 0)}, lost: ${lost.length}`,
    `mails accepted by the server: ${installation.smtp.accepted.length}, of which repeated: ${duplicates}`,
    `deaths: ${installation.deaths.length}, deadlocks: ${installation.deadlocks}`,
    'longest time without a success, last failure after the fault began, how long the fault lasted, until all replicas were ready, in seconds, and the failures:',
    ...lines,
    'memory of the processes that ran for longest, in MiB (after 30 s, at the end, most):',
    ...longest.map(({ text }) => text),
    ...lost.slice(0, 20),
    ...answers.unexpected.slice(0, 20).map((text) => text.slice(0, 500)),
    'errors in the logs:',
    ...[...installation.warnings].map(([text, count]) => `  ${String(count).padStart(7)}  ${text}`),
    '',
  ].join('\n');
}

it(
  'three replicas under mixed load survive every fault: no acknowledged write is lost, no replica dies, and nothing waits in a circle',
  async () => {
    const answers = new Answers();
    const tenants = await Promise.all(Array.from({ length: tenantCount }, () => SoakTenant.signUp(installation, answers)));
    const state = { over: false };
    const load = async (tenant: SoakTenant): Promise<unknown> => Promise.all([tenant.work(() => state.over, thought), tenant.meter(() => state.over, thought)]);
    const loads = tenants.map(load);
    const newcomers = (async () => {
      for (; !state.over; await pause(20 * thought)) {
        const tenant = await SoakTenant.signUp(installation, answers);
        tenants.push(tenant);
        if (minutes === undefined || tenants.length < 2 * tenantCount) loads.push(load(tenant));
      }
    })();
    const injected = await injectFaults(answers).finally(() => (state.over = true));
    const end = answers.now();
    await newcomers;
    await Promise.all(loads);
    await deliverMails();
    const lost: string[] = [];
    for (const tenant of tenants) lost.push(...(await tenant.findLostWrites(rows)));
    const audit = await startTenantry(installation.env, 'audit:verify', '--json').ended;
    await installation.end();
    process.stdout.write(report(answers, injected, end, tenants, lost));
    expect(audit).toEqual({ code: 0, out: expect.any(String), err: '' });
    expect({ lost: lost.slice(0, 20), unexpected: answers.unexpected.slice(0, 20), deaths: installation.deaths, deadlocks: installation.deadlocks }).toEqual({
      lost: [],
      unexpected: [],
      deaths: [],
      deadlocks: 0,
    });
  },
  (minutes ?? 8) * minute + 10 * minute,
);
