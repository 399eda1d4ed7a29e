import type { ProvisioningResult } from '../modules/tenants/provisioning/tenant-provisioning.policy.js';
import type { TenantDetailsDto } from '../modules/tenants/tenants.dto.js';
import type { Exit } from './exit-codes.js';
import { table } from './output.js';

/** A tenant, as people read it. */
export const tenantSummary = (tenant: TenantDetailsDto): string[] =>
  table([
    ['id', tenant.id],
    ['name', tenant.name],
    ['slug', tenant.slug],
    ['e-mail', tenant.email],
    ['status', tenant.deletedAt === null ? tenant.status : `deleted, erased after ${tenant.eraseAfter?.toISOString()}`],
    ['tier', tenant.plan],
    ['limits', tenant.limits],
    ['trial ends', tenant.trialEndsAt],
    ['members', tenant.memberCount],
    ['owners', tenant.owners.map(({ email }) => email)],
    ['provisioned', tenant.provisioned],
  ]);

/** What provisioning did; the generated password this once. */
export const provisioningLines = ({ status, adminUserId, adminPassword, stepsCompleted, errors }: ProvisioningResult): string[] => [
  ...table([
    ['provisioning', status],
    ['admin id', adminUserId],
    ...(adminPassword === undefined ? [] : [['admin password', `${adminPassword}   (shown only this once)`] as const]),
    ['steps done', stepsCompleted],
  ]),
  ...errors.map(({ step, message }) => `  ! ${step}: ${message}`),
];

/** How a command ends that provisioned. */
export const provisioningExit = ({ status }: ProvisioningResult): Exit => (({ success: 'done', partial_success: 'partly', failed: 'failed' }) as const)[status];
