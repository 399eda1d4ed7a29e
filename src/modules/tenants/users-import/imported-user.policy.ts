import { parseDay, parseTime, timeExample } from '../../../common/times.js';
import { emailAddressOf } from '../../../common/text/internet-names.js';
import { faultOfText } from '../../../common/text/readable-text.js';
import { userNameRule } from '../../auth/accounts/user-name.policy.js';
import type { ImportedRow } from './imported-rows.js';

/** A user of a file, as they are stored: one with an address, or one whose account an organization manages. */
export type ImportedUser = ImportedAccount & ({ readonly email: string; readonly userName: null } | ({ readonly email: null; readonly userName: string } & ImportedMembership));

interface ImportedAccount {
  readonly line: number;
  readonly name: string;
  readonly emailVerified: boolean;
  /** Null: now. */
  readonly createdAt: Date | null;
  /** Id or slug; null for an account without a membership. */
  readonly organization: string | null;
  readonly role: string | null;
  readonly passwordHash: string | null;
}

interface ImportedMembership {
  readonly organization: string;
  readonly role: string;
}

/** A line that is not imported. */
export interface RefusedRow {
  readonly line: number;
  readonly email: string | null;
  readonly userName: string | null;
  readonly code: string;
  readonly message: string;
}

export interface RowDefaults {
  readonly organization?: string | undefined;
  readonly role?: string | undefined;
}

class RowFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const maxName = 200;
const booleans = new Map([...['true', 't', '1'].map((text) => [text, true] as const), ...['false', 'f', '0', ''].map((text) => [text, false] as const)]);

/** A time with time zone as PostgreSQL prints it. */
const postgresTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)([+-])(\d\d)(?::?(\d\d))?$/;

function textOf(fields: ImportedRow['fields'], field: 'email' | 'userName' | 'name' | 'createdAt' | 'organization' | 'role' | 'passwordHash'): string {
  const value = fields?.[field] ?? '';
  if (typeof value !== 'string') throw new RowFault('invalid', `${field} must be a text.`);
  // The decoder writes it for bytes that are not UTF-8.
  if (value.includes('\uFFFD')) throw new RowFault('invalid', `${field} is not valid UTF-8.`);
  return value.trim();
}

function readBoolean(value: unknown): boolean {
  const read = typeof value === 'boolean' ? value : booleans.get(typeof value === 'number' || typeof value === 'string' ? String(value).trim().toLowerCase() : '');
  if (read === undefined) throw new RowFault('invalid', 'emailVerified must be true or false.');
  return read;
}

function readCreation(text: string, now: Date): Date | null {
  if (text === '') return null;
  const [, day = '', time = '', sign = '', hours = '00', minutes = '00'] = postgresTime.exec(text) ?? [];
  const read = parseDay(text) ?? parseTime(day === '' ? text : `${day}T${time}${sign}${hours}:${minutes}`);
  if (read === undefined) throw new RowFault('invalid', `createdAt must be a day, or ${timeExample}.`);
  if (read > now) throw new RowFault('invalid', 'createdAt is in the future.');
  return read;
}

/** Reads a row of a file. */
export function readImportedUser({ line, fields, fault }: ImportedRow, defaults: RowDefaults, now: Date): ImportedUser | RefusedRow {
  try {
    if (fault !== undefined) throw new RowFault('unreadable', fault);
    const name = textOf(fields, 'name').normalize('NFC');
    if (name === '' || name.length > maxName) throw new RowFault('invalid', `name must have 1 to ${maxName} characters.`);
    const faultOfName = faultOfText(name, false);
    if (faultOfName !== undefined) throw new RowFault('invalid', `name ${faultOfName}.`);
    const organization = textOf(fields, 'organization') || defaults.organization || null;
    const role = textOf(fields, 'role') || defaults.role || null;
    if ((organization === null) !== (role === null)) throw new RowFault('invalid', 'organization and role belong together: give both, or neither.');
    const emailVerified = readBoolean(fields?.emailVerified ?? '');
    const account = { line, name, emailVerified, createdAt: readCreation(textOf(fields, 'createdAt'), now), passwordHash: textOf(fields, 'passwordHash') || null };
    const names = readNames(fields);
    if (names.email !== null) return { ...account, ...names, organization, role };
    if (emailVerified) throw new RowFault('invalid', 'emailVerified must be false without an email address.');
    if (organization === null || role === null) throw new RowFault('invalid', 'A user with a userName needs an organization, which manages the account, and a role.');
    return { ...account, ...names, organization, role };
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    return { line, ...writtenNames(fields), code: error.code, message: error.message };
  }
}

/** Returns the address or the user name of a row, in its one form. */
function readNames(fields: ImportedRow['fields']): { readonly email: string; readonly userName: null } | { readonly email: null; readonly userName: string } {
  const userName = textOf(fields, 'userName').toLowerCase();
  const address = textOf(fields, 'email');
  if (userName === '') {
    const email = emailAddressOf(address);
    if (email === undefined) throw new RowFault('invalid', 'email must be an email address.');
    return { email, userName: null };
  }
  if (address !== '') throw new RowFault('invalid', 'Give an email or a userName: an account has one of them.');
  if (userName.length > userNameRule.max || !userNameRule.pattern.test(userName))
    throw new RowFault('invalid', `userName must have 1 to ${userNameRule.max} letters of a to z, digits, dots, hyphens and underscores, and begin with a letter or a digit.`);
  return { email: null, userName };
}

/** Returns the names as the row has them, for the report. */
function writtenNames(fields: ImportedRow['fields']): Pick<RefusedRow, 'email' | 'userName'> {
  const written = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, 320) : null);
  return { email: written(fields?.email), userName: written(fields?.userName) };
}

export const isRefused = (row: ImportedUser | RefusedRow): row is RefusedRow => 'code' in row;
