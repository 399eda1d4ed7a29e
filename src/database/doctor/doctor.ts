import { Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { readSchemaFacts } from './schema-facts.js';
import { checkCode, undeclaredFunction } from './code.checks.js';
import type { Finding } from './finding.js';
import { checkAuditLog } from './audit.checks.js';
import { checkKeys } from './key.checks.js';
import { checkPolicies } from './policy.checks.js';
import { resetOwnSettings } from './own-settings.js';
import { checkPublicFunctions, checkRoles } from './role.checks.js';
import { checkTables, unknownTable } from './table.checks.js';
import { hasMigrationsOfLaterVersions } from '../migrations/later-versions.js';
import { withDefaultSettings } from '../connect/default-connection.js';

export type { Finding } from './finding.js';

export interface InspectOptions {
  /** Inspects the connection's own role as the role of the application. */
  readonly asApplication?: boolean;
}

/** The report of the doctor. */
export interface Inspection {
  readonly findings: Finding[];
  /** Findings that only a superuser can fix, and recommendations. They break no wall. */
  readonly warnings: Finding[];
}

export interface SafetyOptions {
  readonly allowUnsafe?: boolean;
  readonly platformUrl?: string;
}

/** Thrown at start when the database does not isolate tenants. */
export class UnsafeDatabaseError extends Error {
  override readonly name = 'UnsafeDatabaseError';

  constructor(readonly findings: readonly Finding[]) {
    super(`The database does not isolate tenants. ${describeFindings(findings)}(For experiments only, ALLOW_UNSAFE_DATABASE=true starts nevertheless.)`);
  }
}

/**
 * Inspects a live database from its catalogs: tables, policies, keys, functions, views and the application's roles. Any
 * role can ask, the application's own too. An empty list means that nothing was found.
 */
export async function inspectDatabase(client: ClientBase, { asApplication = false }: InspectOptions = {}): Promise<Inspection> {
  const facts = await readSchemaFacts(client);
  if (facts === undefined) {
    const message = 'The role does not exist: this database was never migrated.';
    return { findings: [{ check: 'role', object: 'tenantry_app', message, fix: 'tenantry db:migrate' }], warnings: [] };
  }
  const checks = [checkTables, checkPolicies, checkKeys, checkCode, checkAuditLog];
  return { findings: [...checkRoles(facts, asApplication), ...checks.flatMap((check) => check(facts))], warnings: checkPublicFunctions(facts.publicFunctions) };
}

/** {@link inspectDatabase} on a connection of its own, without the permanent settings of its role. */
export async function inspectUrl(url: string, options: InspectOptions = {}): Promise<Inspection> {
  return withDefaultSettings(url, (client) => inspectDatabase(client, options));
}

/**
 * Inspects the database that the application serves from, as the application.
 *
 * @param platformUrl the address of the platform role, which knows whether a newer version has migrated the database
 */
export async function inspectInstallation(appUrl: string, platformUrl?: string): Promise<Inspection> {
  const { findings, warnings } = await inspectUrl(appUrl, { asApplication: true });
  return { findings: await withoutLaterParts(findings, platformUrl), warnings };
}

/**
 * Refuses a database with findings, inspected as the application. Resets first what the login roles have set for themselves.
 *
 * @param appUrl the address that the application serves from
 * @param options.platformUrl the address of the platform role, whose own settings are reset too
 * @throws {UnsafeDatabaseError} with the list, unless `allowUnsafe`, which logs it
 */
export async function assertSafeDatabase(appUrl: string, { allowUnsafe = false, platformUrl }: SafetyOptions = {}): Promise<void> {
  await resetLoginRoles({ appUrl, platformUrl });
  const { findings, warnings } = await inspectInstallation(appUrl, platformUrl);
  for (const { message, fix } of warnings) new Logger('Database').warn(`${message} ${fix}`);
  if (findings.length === 0) return;
  if (!allowUnsafe) throw new UnsafeDatabaseError(findings);
  new Logger('Database').error(`ALLOW_UNSAFE_DATABASE: TENANTS ARE NOT ISOLATED. ${describeFindings(findings)}`);
}

/**
 * Removes what a replica of an older version may find in a database that a newer one migrated. It does not know the newer functions, which have the caller's rights,
 * and the newer tables that belong to no tenant, which it does not use. The newer version inspects them.
 */
async function withoutLaterParts(all: readonly Finding[], platformUrl: string | undefined): Promise<Finding[]> {
  const findings = all.filter(({ check }) => check !== undeclaredFunction);
  if (platformUrl === undefined || !findings.some(({ check }) => check === unknownTable)) return findings;
  const isLater = await withDefaultSettings(platformUrl, hasMigrationsOfLaterVersions);
  return isLater ? findings.filter(({ check }) => check !== unknownTable) : findings;
}

/** Resets what the login roles have set for themselves, and logs it. */
export async function resetLoginRoles({ appUrl, platformUrl }: { readonly appUrl: string; readonly platformUrl?: string | undefined }): Promise<void> {
  await logReset('application', appUrl);
  if (platformUrl !== undefined) await logReset('platform', platformUrl);
}

async function logReset(role: string, url: string): Promise<void> {
  const reset = await withDefaultSettings(url, resetOwnSettings);
  if (reset.length > 0) new Logger('Database').warn(`Settings of the ${role} role were reset, because the role can set them itself: ${reset.join(', ')}.`);
}

/** Returns the warnings as lines, one paragraph each. */
export const describeWarnings = (warnings: readonly Finding[]): string[] =>
  warnings.map(({ check, object, message, fix }) => `\nWarning: ${object} (${check})\n    ${message}\n    ${fix}`);

/** Returns the findings as text, one paragraph each. */
export function describeFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No findings: the database isolates tenants.\n';
  const paragraphs = findings.map(({ check, object, message, fix }) => `  ${object} (${check})\n    ${message}\n    Fix: ${fix}\n`);
  return `${findings.length} finding(s):\n\n${paragraphs.join('\n')}`;
}
