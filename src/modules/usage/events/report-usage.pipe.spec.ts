import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RequestValidationPipe } from '../../../common/http/request-validation.pipe.js';
import { compileCheck } from './compiled-check.js';
import { ReportUsagePipe } from './report-usage.pipe.js';
import { reportedEvents, ReportUsageDto, UsageEventDto } from './usage-events.dto.js';

const metadata = { type: 'body', metatype: ReportUsageDto } as const;
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('tokens', ' a', 'a ', '', 'ä', 'a\u0007', 'x'.repeat(201)));
const time = fc.oneof(
  fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-21', '2026-11-21T09:30:00+01:00', 'yesterday', 7),
);
const quantity = fc.oneof(fc.integer(), fc.constantFrom(0, 1.5, -1, '3', 1e12, 1e13, null, Number.NaN));
const noted = fc.oneof(
  fc.object({ maxDepth: 1 }),
  fc.integer({ min: 4080, max: 4100 }).map((length) => ({ note: 'x'.repeat(length) })),
);
const event = fc.record({ id: text, meter: text, quantity, occurredAt: time, subject: text, corrects: text, metadata: noted, more: text }, { requiredKeys: ['id', 'meter'] });

const asReport = (body: unknown): unknown => reportedEvents(body as ReportUsageDto);

/** Resolves to the accepted report, or to 'refused'. */
const outcomeOf = (work: Promise<unknown>): Promise<unknown> => work.then((value) => JSON.parse(JSON.stringify(value)) as unknown).catch(() => 'refused');

it('the pipe of usage reports accepts and refuses the same reports as the validators', async () => {
  const [pipe, validators] = [new ReportUsagePipe(), new RequestValidationPipe()];
  const validated = async (body: unknown): Promise<unknown> => asReport(await validators.transform(body, metadata));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.record({ events: fc.array(event, { maxLength: 3 }) }), fc.anything()), async (body) => {
      const [actual, expected] = [await outcomeOf(pipe.transform(structuredClone(body))), await outcomeOf(validated(structuredClone(body)))];
      expect(actual).toEqual(expected);
    }),
    { numRuns: 1500 },
  );
});

it('the pipe of usage reports accepts an ordinary event without the validators', () => {
  const event = { id: 'run-1', meter: 'tokens', quantity: 3, occurredAt: '2026-11-21T09:30:00.000Z', subject: 'ada', corrects: 'run-0', metadata: { model: 'small' } };
  const isPlain = compileCheck(ReportUsageDto, { events: UsageEventDto });
  expect(isPlain({ events: [event] })).toBe(true);
  expect(isPlain({ events: [{ ...event, more: 1 }] })).toBe(false);
  expect(isPlain({ events: [{ ...event, metadata: { note: 'x'.repeat(4096) } }] })).toBe(false);
});
