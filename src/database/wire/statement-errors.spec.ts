import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isRecoverable } from './statement-errors.js';

const errorOf = (severity: string, code: string): pg.DatabaseError => Object.assign(new pg.DatabaseError('message', 7, 'error'), { severity, code });

describe('the errors of a server', () => {
  it.each([
    ['ERROR', '23505'],
    ['ERROR', '57014'],
    ['FEHLER', '23505'],
    ['ОШИБКА', '40P01'],
  ])('%s %s lets the connection be used again', (severity, code) => expect(isRecoverable(errorOf(severity, code))).toBe(true));

  it.each([
    ['FATAL', '57P01'],
    ['FATAL', 'XX000'],
    ['PANIC', 'XX000'],
    ['VERHÄNGNISVOLL', '57P01'],
    ['VERHÄNGNISVOLL', '25P03'],
    ['FEHLER', '25006'],
    ['FEHLER', '26000'],
  ])('%s %s closes the connection', (severity, code) => expect(isRecoverable(errorOf(severity, code))).toBe(false));
});
