import { Injectable, Logger } from '@nestjs/common';
import { ownerRole } from '../../../access/roles.js';
import { AppError } from '../../../common/errors/app-error.js';
import { attempt, lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { MailboxesService } from '../../auth/accounts/mailboxes.service.js';
import { UsersService } from '../../auth/users.service.js';
import { TenantNotFoundError } from '../tenants.errors.js';
import {
  provisioningSteps,
  requestedSteps,
  type ProvisioningProblem,
  type ProvisioningResult,
  type ProvisioningRun,
  type ProvisioningStepName,
  type ProvisioningOptions,
} from './tenant-provisioning.policy.js';
import { ProvisioningStepsService } from './tenant-provisioning-steps.service.js';

/** The transaction timeout. A run may have to wait for another run for the same tenant. */
export const provisioningTimeoutMs = 60_000;

/**
 * Provisions tenants in one transaction, which locks the organization and has a savepoint for each step. A failed step is
 * undone alone and can be run again. When two runs overlap, each step is done by one of them. A process that is killed
 * before the commit leaves nothing, so there is never an admin whose generated password was not returned.
 */
@Injectable()
export class TenantProvisioningService {
  readonly #logger = new Logger(TenantProvisioningService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly steps: ProvisioningStepsService,
    private readonly users: UsersService,
    private readonly mailboxes: MailboxesService,
  ) {}

  /** @throws {TenantNotFoundError} */
  async provisionTenant(organizationId: string, options: ProvisioningOptions): Promise<ProvisioningResult> {
    const organization = await this.platform.organization.findUnique({ where: { id: organizationId } });
    if (organization === null) throw new TenantNotFoundError();
    const done = await this.listCompletedSteps(organizationId);
    const hasAdmin = done.includes('admin_user') && (await this.#hasOwner(this.platform, organizationId));
    const run = await this.prepareRun(organization, hasAdmin ? { ...options, createAdminUser: false } : options);
    return this.platform.$transaction(
      async (tx) => {
        await this.lockAdmin(tx, run, organizationId);
        return this.runSteps(tx, organizationId, { ...run, options });
      },
      { timeout: provisioningTimeoutMs },
    );
  }

  /** Locks the address of a new admin, and then the organization. Call it before {@link runSteps} and before the tenant is inserted. */
  async lockAdmin(tx: PlatformTransaction, { admin }: ProvisioningRun, organizationId?: string): Promise<void> {
    if (admin !== undefined) await this.mailboxes.lockForProof(tx, admin.prepared.email, organizationId === undefined ? {} : { organizationId });
  }

  /** Prepares a run before the transaction: hashes the password of the admin, which is slow. */
  async prepareRun({ name, email }: Pick<Organization, 'name' | 'email'>, options: ProvisioningOptions): Promise<ProvisioningRun> {
    const address = options.adminEmail ?? email ?? undefined;
    if (options.createAdminUser === false || address === undefined || (await this.users.findVerifiedUser(address)) !== null) return { options };
    const password = options.adminPassword ?? this.users.generatePassword();
    try {
      const prepared = await this.users.prepareUser({ email: address, name: options.adminUsername ?? `${name} Admin`, password });
      return { options, admin: { prepared, ...(options.adminPassword === undefined && password !== undefined ? { password } : {}) } };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { options, refusal: error };
    }
  }

  /** Runs the requested steps that are not done yet, in the caller's transaction. @throws {TenantNotFoundError} */
  async runSteps(tx: PlatformTransaction, organizationId: string, run: ProvisioningRun): Promise<ProvisioningResult> {
    if (!(await lockOrganization(tx, organizationId))) throw new TenantNotFoundError();
    const errors: ProvisioningProblem[] = [];
    let generated: { readonly adminPassword?: string } = {};
    for (const step of requestedSteps(run.options)) {
      try {
        generated = { ...generated, ...(await this.#once(tx, organizationId, step, run)) };
      } catch (error) {
        errors.push(this.#problem(step, error));
        if (step === 'validate') break;
      }
    }
    return this.#result(tx, organizationId, generated, errors);
  }

  /** Returns the steps that are done, in order. */
  async listCompletedSteps(organizationId: string, db: PlatformTransaction = this.platform): Promise<string[]> {
    const done = await db.provisioningStep.findMany({ where: { organizationId }, select: { step: true } });
    return provisioningSteps.filter((step) => done.some((row) => row.step === step));
  }

  async #once(tx: PlatformTransaction, organizationId: string, step: ProvisioningStepName, run: ProvisioningRun): Promise<{ readonly adminPassword?: string } | void> {
    const done = (await tx.provisioningStep.count({ where: { organizationId, step } })) > 0;
    // An organization that has lost its owners gets another one.
    if (done && (step !== 'admin_user' || (await this.#hasOwner(tx, organizationId)))) return;
    return attempt(tx, async () => {
      const result = await this.steps.runStep(step, tx, { organization: await tx.organization.findUniqueOrThrow({ where: { id: organizationId } }), run });
      await tx.provisioningStep.createMany({ data: { organizationId, step }, skipDuplicates: true });
      return result;
    });
  }

  /** Whether there is an owner who is not disabled. */
  async #hasOwner(db: PlatformTransaction, organizationId: string): Promise<boolean> {
    return (await db.membership.count({ where: { organizationId, role: ownerRole, user: { is: { disabledAt: null } } } })) > 0;
  }

  #problem(step: ProvisioningStepName, error: unknown): ProvisioningProblem {
    if (error instanceof AppError) return { step, code: error.code, message: error.message };
    this.#logger.error({ err: error, step }, 'a provisioning step failed');
    return { step, code: 'internal_error', message: 'An internal error occurred; the server log has the cause. Provision the tenant again to repeat the step.' };
  }

  async #result(tx: PlatformTransaction, organizationId: string, generated: { readonly adminPassword?: string }, errors: ProvisioningProblem[]): Promise<ProvisioningResult> {
    const stepsCompleted = await this.listCompletedSteps(organizationId, tx);
    const owner = await tx.membership.findFirst({
      where: { organizationId, role: ownerRole },
      select: { userId: true },
      orderBy: [{ user: { disabledAt: { sort: 'desc', nulls: 'first' } } }, { createdAt: 'asc' }, { id: 'asc' }],
    });
    const status = errors.length === 0 ? 'success' : stepsCompleted.includes('validate') ? 'partial_success' : 'failed';
    return { status, adminUserId: owner?.userId ?? null, ...generated, stepsCompleted, errors };
  }
}
