import { describe, expect, it } from '@jest/globals';
import { timeOrderedId } from './time-ordered-id.js';

describe('timeOrderedId', () => {
  it('returns a UUID of version 7 that begins with the milliseconds', () => {
    const id = timeOrderedId(new Date('2026-11-21T10:00:00.123Z'));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString()).toBe('2026-11-21T10:00:00.123Z');
  });

  it('returns a different id each time', () => {
    const now = new Date();
    expect(new Set(Array.from({ length: 1000 }, () => timeOrderedId(now))).size).toBe(1000);
  });

  it('orders the ids of a millisecond, also when ids of other times are made between them', () => {
    const [now, other] = [new Date('2026-11-21T10:00:00.123Z'), new Date('2026-12-21T10:00:00.456Z')];
    const ids = Array.from({ length: 100 }, () => {
      timeOrderedId(other);
      return timeOrderedId(now);
    });
    expect(ids).toEqual(ids.toSorted());
  });
});
