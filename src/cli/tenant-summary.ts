import { dayOf } from '../common/calendar.js';
import type { FirstInvoice } from '../modules/billing/subscriptions/subscription-opening.service.js';
import { formatAmount } from '../modules/billing/terms/money.js';
import type { ProvisioningResult } from '../modules/tenants/provisioning/tenant-provisioning.policy.js';
import type { TenantDetailsDto } from '../modules/tenants/tenants.dto.js';
import type { Exit } from './exit-codes.js';
import { table } from './output.js';

/** Describes a tenant, one field a line. */
export const tenantSummary = (tenant: TenantDetailsDto): string[] =>
  table([
    ['id', tenant.id],
    ['name', tenant.name],
    ['slug', tenant.slug],
    ['email', tenant.email],
    ['status', tenant.deletedAt === null ? tenant.status : `deleted, will be erased at ${tenant.eraseAfter?.toISOString()}`],
    ['tier', tenant.plan],
    ['limits', tenant.limits],
    ['trial ends', tenant.trialEndsAt],
    ['members', tenant.memberCount],
    ['owners', tenant.owners.map(({ email }) => email)],
    ['domains', tenant.domains.map(({ kind, domain, status, lastCheckedAt }) => `${kind} ${domain} ${status}, checked ${lastCheckedAt?.toISOString() ?? 'never'}`)],
    ['provisioned', tenant.provisioned],
  ]);

/** Says what the creation of a tenant bills. */
export function billingLines({ billing, trialEndsAt }: Pick<TenantDetailsDto, 'billing' | 'trialEndsAt'>, invoice: FirstInvoice | null): string[] {
  const nothing = billing === 'none' ? 'nothing is billed' : trialEndsAt === null ? 'nothing: the plan has no price' : 'nothing until the trial ends';
  const text = invoice === null ? nothing : `invoice ${invoice.number} for ${formatAmount(invoice.total, invoice.currency)}, due on ${dayOf(invoice.dueAt)}`;
  return table([
    ['billing', billing],
    ['billed', text],
  ]);
}

/** Describes the result of provisioning, including a generated password. */
export const provisioningLines = ({ status, adminUserId, adminPassword, stepsCompleted, errors }: ProvisioningResult): string[] => [
  ...table([
    ['provisioning', status],
    ['admin id', adminUserId],
    ...(adminPassword === undefined ? [] : [['admin password', `${adminPassword}   (shown only once)`] as const]),
    ['completed steps', stepsCompleted],
  ]),
  ...errors.map(({ step, message }) => `  ! ${step}: ${message}`),
];

/** Returns the exit for the result of provisioning. */
export const provisioningExit = ({ status }: ProvisioningResult): Exit => (({ success: 'done', partial_success: 'partly', failed: 'failed' }) as const)[status];
