import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { commonProblems } from '../../src/contract/common-problems.js';
import { codesBeforeHandlers, codesOfHandlers, problemTypes } from '../../src/contract/problem-types.js';

/** Found in the sources, but not possible: the catalog always has the meter of requests. */
const impossible = new Set(['unknown_meter']);

describe('error codes', () => {
  it('docs/errors.md explains every code of the application, and no other', () => {
    const explained = [...readFileSync('docs/errors.md', 'utf8').matchAll(/<a id="(\w+)"><\/a>/g)].map(([, code]) => code).sort();
    expect(explained.length).toBeGreaterThan(150);
    expect(explained).toEqual(Object.keys(problemTypes).sort());
  });

  it('the document has every code that guards and hooks can answer with', () => {
    const common = new Set(commonProblems.map(({ status, codes }) => codes.map((code) => `${status} ${code}`)).flat());
    const before = Object.entries(codesBeforeHandlers).flatMap(([status, codes]) => codes.map((code) => `${status} ${code}`));
    expect(before.length).toBeGreaterThan(40);
    expect(before.filter((each) => !common.has(each) && !impossible.has(each.split(' ')[1] ?? ''))).toEqual([]);
  });

  it('each common code exists with its status', () => {
    const wrong = commonProblems.flatMap(({ status, codes }) => codes.filter((code) => problemTypes[code]?.statuses.includes(status) !== true));
    expect(wrong).toEqual([]);
  });

  it('handlers have codes that exist, and few have none', () => {
    const handlers = Object.entries(codesOfHandlers);
    const codes = handlers.flatMap(([, byStatus]) => Object.values(byStatus).flat());
    expect(codes.filter((code) => problemTypes[code] === undefined)).toEqual([]);
    expect(handlers.length).toBeGreaterThan(150);
    expect(codesOfHandlers['ConsumptionController.consumeUsage']?.[402]).toEqual(['quota_exceeded']);
    expect(codesOfHandlers['TeamsController.createTeam']?.[409]).toEqual(['team_name_taken']);
  });
});
