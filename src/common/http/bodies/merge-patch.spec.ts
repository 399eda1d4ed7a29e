import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergePatch } from './merge-patch.js';

describe('mergePatch', () => {
  // RFC 7396, appendix A, all of it.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => expect(mergePatch(target, patch)).toEqual(result));

  const json = fc.jsonValue();
  const clone = (value: unknown): unknown => (value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown));

  it('changes neither argument', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const [targetBefore, patchBefore] = [clone(target), clone(patch)];
        mergePatch(target, patch);
        expect([clone(target), clone(patch)]).toEqual([targetBefore, patchBefore]);
      }),
    );
  });

  it('has the same result when it is applied twice', () => {
    fc.assert(fc.property(json, json, (target, patch) => expect(mergePatch(mergePatch(target, patch), patch)).toEqual(mergePatch(target, patch))));
  });

  it('leaves no null of the patch in the result, except in arrays', () => {
    const nulls = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).some((item) => item === null || nulls(item));
    fc.assert(fc.property(json, (patch) => expect(nulls(mergePatch({}, patch))).toBe(false)));
  });

  it('cannot change a prototype with any key', () => {
    const patch: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":{"polluted":1}}}');
    const result = mergePatch({}, patch) as Record<string, unknown>;
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(result['polluted']).toBeUndefined();
    // The prototype of the module's own objects: it runs outside of Jest's sandbox.
    const prototype = Object.getPrototypeOf(mergePatch({}, {})) as Record<string, unknown>;
    expect(Object.getPrototypeOf(result)).toBe(prototype);
    expect(prototype['polluted']).toBeUndefined();
    expect(JSON.stringify(result)).toBe(JSON.stringify(patch));
  });
});
