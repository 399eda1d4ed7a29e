import { Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ownerRole } from '../../../access/roles.js';
import { AppError } from '../../../common/errors/app-error.js';
import { attempt, lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization } from '../../../generated/prisma/client.js';
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

/** Milliseconds; a run may have to wait for another one of the same tenant. */
export const provisioningTimeoutMs = 60_000;

/**
 * Makes a tenant ready: in one transaction, which holds the organization's row, with a savepoint for each step. A step
 * that fails is undone alone, and can be tried again; of two runs at once each step is done by one. What is killed
 * before its commit leaves nothing, so that no admin stays behind whose generated password nobody has seen.
 */
@Injectable()
export class TenantProvisioningService {
  readonly #logger = new Logger(TenantProvisioningService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly steps: ProvisioningStepsService,
    private readonly users: UsersService,
  ) {}

  /** @throws {TenantNotFoundError} */
  async provisionTenant(organizationId: string, wish: ProvisioningOptions): Promise<ProvisioningResult> {
    const organization = await this.platform.organization.findUnique({ where: { id: organizationId } });
    if (organization === null) throw new TenantNotFoundError();
    const done = await this.listCompletedSteps(organizationId);
    const run = await this.prepareRun(organization, done.includes('admin_user') ? { ...wish, createAdminUser: false } : wish);
    return this.platform.$transaction((tx) => this.runSteps(tx, organizationId, { ...run, wish }), { timeout: provisioningTimeoutMs });
  }

  /** What takes long, and is done before the transaction: the hash of the admin's password. */
  async prepareRun({ name, email }: Pick<Organization, 'name' | 'email'>, wish: ProvisioningOptions): Promise<ProvisioningRun> {
    const address = (wish.adminEmail ?? email)?.toLowerCase();
    if (wish.createAdminUser === false || address === undefined || (await this.users.findVerifiedUser(address)) !== null) return { wish };
    const password = wish.adminPassword ?? randomBytes(15).toString('base64url');
    try {
      const prepared = await this.users.prepareUser({ email: address, name: wish.adminUsername ?? `${name} Admin`, password });
      return { wish, admin: { prepared, ...(wish.adminPassword === undefined ? { password } : {}) } };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { wish, refusal: error };
    }
  }

  /** Does what is missing in the caller's transaction. @throws {TenantNotFoundError} */
  async runSteps(tx: PlatformTransaction, organizationId: string, run: ProvisioningRun): Promise<ProvisioningResult> {
    if (!(await lockOrganization(tx, organizationId))) throw new TenantNotFoundError();
    const errors: ProvisioningProblem[] = [];
    let generated: { readonly adminPassword?: string } = {};
    for (const step of requestedSteps(run.wish)) {
      try {
        generated = { ...generated, ...(await this.#once(tx, organizationId, step, run)) };
      } catch (error) {
        errors.push(this.#problem(step, error));
        if (step === 'validate') break;
      }
    }
    return this.#result(tx, organizationId, generated, errors);
  }

  /** The steps that are done. */
  async listCompletedSteps(organizationId: string, db: PlatformTransaction = this.platform): Promise<string[]> {
    const done = await db.provisioningStep.findMany({ where: { organizationId }, select: { step: true } });
    return provisioningSteps.filter((step) => done.some((row) => row.step === step));
  }

  async #once(tx: PlatformTransaction, organizationId: string, step: ProvisioningStepName, run: ProvisioningRun): Promise<{ readonly adminPassword?: string } | void> {
    if ((await tx.provisioningStep.count({ where: { organizationId, step } })) > 0) return;
    return attempt(tx, async () => {
      const result = await this.steps.runStep(step, tx, { organization: await tx.organization.findUniqueOrThrow({ where: { id: organizationId } }), run });
      await tx.provisioningStep.create({ data: { organizationId, step } });
      return result;
    });
  }

  #problem(step: ProvisioningStepName, error: unknown): ProvisioningProblem {
    if (error instanceof AppError) return { step, code: error.code, message: error.message };
    this.#logger.error({ err: error, step }, 'a step of provisioning failed');
    return { step, code: 'internal_error', message: 'Something went wrong on our side; the log has the cause. The step can be run again.' };
  }

  async #result(tx: PlatformTransaction, organizationId: string, generated: { readonly adminPassword?: string }, errors: ProvisioningProblem[]): Promise<ProvisioningResult> {
    const stepsCompleted = await this.listCompletedSteps(organizationId, tx);
    const owner = await tx.membership.findFirst({
      where: { organizationId, role: ownerRole },
      select: { userId: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    const status = errors.length === 0 ? 'success' : stepsCompleted.includes('validate') ? 'partial_success' : 'failed';
    return { status, adminUserId: owner?.userId ?? null, ...generated, stepsCompleted, errors };
  }
}
