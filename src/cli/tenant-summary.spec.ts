import { describe, expect, it } from '@jest/globals';
import { billingLines } from './tenant-summary.js';

describe('the summary of a new tenant', () => {
  const invoice = { id: '1', number: 'INV-000007', currency: 'EUR', total: 49_900, dueAt: new Date('2027-04-15T08:00:00Z') };
  const text = (...args: Parameters<typeof billingLines>): string => billingLines(...args).join('\n');

  it('names the invoice that the creation has issued', () => {
    expect(text({ billing: 'invoice', trialEndsAt: null }, invoice)).toMatch(/invoice INV-000007 for 499\.00 EUR, due on 2027-04-15/);
  });

  it('says why nothing is billed', () => {
    expect(text({ billing: 'none', trialEndsAt: null }, null)).toMatch(/nothing is billed/);
    expect(text({ billing: 'invoice', trialEndsAt: null }, null)).toMatch(/the plan has no price/);
    expect(text({ billing: 'provider', trialEndsAt: new Date() }, null)).toMatch(/until the trial ends/);
  });
});
