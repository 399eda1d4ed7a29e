import { InvalidArgumentError } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { canonicalLocale } from '../common/text/locales.js';
import { emailAddressOf } from '../common/text/internet-names.js';
import { faultOfText } from '../common/text/readable-text.js';
import { canonicalTimeZone } from '../common/time-zones.js';
import type { ProvisioningOptions } from '../modules/tenants/provisioning/tenant-provisioning.policy.js';
import type { TenantDirectoryService } from '../modules/tenants/tenant-directory.service.js';
import type { ApplicationOptions } from './command.js';

/** Options of the commands that provision a tenant. */
export interface ProvisionOptions extends ApplicationOptions {
  readonly adminEmail?: string;
  readonly adminUsername?: string;
  readonly adminPassword?: string;
  readonly skipAdminUser?: boolean;
  readonly skipEmail?: boolean;
}

export const parseWholeNumber = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or greater.');
  return Number(text);
};

export const parseMeterLimit = (text: string, known: Readonly<Record<string, number>> = {}): Record<string, number> => {
  const [, meter, units] = /^([a-z][a-z0-9_]*)=(\d{1,15}(?:\.\d{1,9})?)$/.exec(text) ?? [];
  if (meter === undefined) throw new InvalidArgumentError('Use the form meter=number, for example api_calls=100000.');
  return { ...known, [meter]: Number(units) };
};

/** Returns an option in the canonical form of its kind. */
const parseCanonical =
  (canonical: (text: string) => string | undefined, expected: string) =>
  (text: string): string => {
    const value = canonical(text.trim());
    if (value === undefined) throw new InvalidArgumentError(`It must be ${expected}.`);
    return value;
  };

export const parseTimeZone = parseCanonical(canonicalTimeZone, 'an IANA time zone, for example Europe/Berlin');
export const parseLocale = parseCanonical(canonicalLocale, 'a BCP 47 language tag, for example en-US');
export const parseEmailAddress = parseCanonical(emailAddressOf, 'an email address, for example ada@example.com');

/** Returns a reason as the routes of operators accept it. It is refused, never cut. */
export const parseReason = (text: string): string => {
  const reason = text.trim();
  if (reason === '' || reason.length > 500) throw new InvalidArgumentError(`It must have 1 to 500 characters; it has ${reason.length}.`);
  const fault = faultOfText(reason, false);
  if (fault !== undefined) throw new InvalidArgumentError(`It ${fault}.`);
  return reason;
};

/** Removes the entries that are undefined. */
export const definedValues = <Value extends object>(values: Value): { [Key in keyof Value]-?: NonNullable<Value[Key]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** Returns the provisioning options for the given command line options. */
export const provisioningOptions = ({ adminEmail, adminUsername, adminPassword, skipAdminUser, skipEmail }: ProvisionOptions): ProvisioningOptions => ({
  ...definedValues({ adminEmail, adminUsername, adminPassword }),
  createAdminUser: skipAdminUser !== true,
  sendWelcomeEmail: skipEmail !== true,
});

/** Returns the service that finds tenants by id or slug. */
export async function tenantDirectory(app: NestFastifyApplication): Promise<TenantDirectoryService> {
  const { TenantDirectoryService } = await import('../modules/tenants/tenant-directory.service.js');
  return app.get(TenantDirectoryService);
}
