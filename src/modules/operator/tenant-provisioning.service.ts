import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ownerRole } from '../../access/roles.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { Organization } from '../../generated/prisma/client.js';
import { Users } from '../auth/users.service.js';
import { Outbox } from '../mail/outbox.service.js';
import { TenantNotFoundError, UnknownPlanError, WrongTenantStateError } from './operator.errors.js';
import {
  provisioningSteps,
  wantedSteps,
  type ProvisioningProblem,
  type ProvisioningResult,
  type ProvisioningStepName,
  type ProvisioningWish,
} from './tenant-provisioning.policy.js';

/** What the steps of one run find out. */
interface Run {
  readonly wish: ProvisioningWish;
  adminPassword?: string;
}

/**
 * Makes a tenant ready. Each step is one transaction, which holds the organization's row and writes that the step is
 * done; so a run that was killed is taken up where it stopped, and of two runs at once each step is done by one.
 */
@Injectable()
export class TenantProvisioning {
  readonly #steps: Readonly<Record<ProvisioningStepName, (tx: PlatformTransaction, organization: Organization, run: Run) => Promise<void>>> = {
    validate: (_tx, organization) => this.#validate(organization),
    admin_user: (tx, organization, run) => this.#createAdmin(tx, organization, run),
    default_settings: (tx, organization) => this.#initialize(tx, organization, 'settings'),
    plan_features: (tx, organization) => this.#initialize(tx, organization, 'features'),
    verified: (tx, organization) => this.#verify(tx, organization),
    welcome_email: (tx, organization, run) => this.#welcome(tx, organization, run),
  };

  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly users: Users,
    private readonly outbox: Outbox,
    private readonly config: AppConfig,
  ) {}

  /** @throws {TenantNotFoundError} */
  async provision(organizationId: string, wish: ProvisioningWish): Promise<ProvisioningResult> {
    if ((await this.platform.organization.count({ where: { id: organizationId } })) === 0) throw new TenantNotFoundError();
    const run: Run = { wish };
    const errors: ProvisioningProblem[] = [];
    for (const step of wantedSteps(wish)) {
      try {
        await this.#once(organizationId, step, run);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        errors.push({ step, code: error.code, message: error.message });
        if (step === 'validate') break;
      }
    }
    return this.#result(organizationId, run, errors);
  }

  /** The steps that are done. */
  async stepsOf(organizationId: string): Promise<string[]> {
    const done = await this.platform.provisioningStep.findMany({ where: { organizationId }, select: { step: true } });
    return provisioningSteps.filter((step) => done.some((row) => row.step === step));
  }

  async #once(organizationId: string, step: ProvisioningStepName, run: Run): Promise<void> {
    await this.platform.$transaction(
      async (tx) => {
        await tx.$queryRaw`select id from organizations where id = ${organizationId}::uuid for no key update`;
        const done = await tx.provisioningStep.count({ where: { organizationId, step } });
        if (done > 0) return;
        await this.#steps[step](tx, await tx.organization.findUniqueOrThrow({ where: { id: organizationId } }), run);
        await tx.provisioningStep.create({ data: { organizationId, step } });
      },
      { timeout: 30_000 },
    );
  }

  async #validate({ plan, deletedAt }: Organization): Promise<void> {
    if (deletedAt !== null) throw new WrongTenantStateError('The tenant was deleted. Restore it first.');
    if (!this.catalog.plans.has(plan)) throw new UnknownPlanError(plan, [...this.catalog.plans.keys()]);
  }

  /** A user who has proved the address becomes owner as they are; else one is made, whose address the operator vouches for. */
  async #createAdmin(tx: PlatformTransaction, { id: organizationId, name, email }: Organization, run: Run): Promise<void> {
    const address = (run.wish.adminEmail ?? email)?.toLowerCase();
    if (address === undefined) throw new WrongTenantStateError('There is no address for the admin: name `adminEmail`, or give the tenant an e-mail address.');
    const known = await tx.user.findFirst({ where: { email: address, emailVerifiedAt: { not: null } } });
    const admin = known ?? (await this.#makeUser(tx, address, run.wish.adminUsername ?? `${name} Admin`, run));
    await tx.membership.createMany({ data: { organizationId, userId: admin.id, role: ownerRole }, skipDuplicates: true });
    await tx.user.updateMany({ where: { id: admin.id, defaultOrganizationId: null }, data: { defaultOrganizationId: organizationId } });
  }

  async #makeUser(tx: PlatformTransaction, email: string, name: string, run: Run): Promise<{ id: string }> {
    const password = run.wish.adminPassword ?? randomBytes(15).toString('base64url');
    const user = await this.users.create(tx, await this.users.prepare({ email, name, password }), true);
    if (run.wish.adminPassword === undefined) run.adminPassword = password;
    return user;
  }

  async #initialize(tx: PlatformTransaction, { id: organizationId }: Organization, section: 'settings' | 'features'): Promise<void> {
    await tx.settingsDocument.createMany({ data: { organizationId, section, document: {} }, skipDuplicates: true });
  }

  async #verify(tx: PlatformTransaction, { id, status, trialEndsAt }: Organization): Promise<void> {
    const opened = status === 'pending' ? { status: trialEndsAt === null ? ('active' as const) : ('trial' as const) } : {};
    await tx.organization.update({ where: { id }, data: { isVerified: true, ...opened } });
  }

  async #welcome(tx: PlatformTransaction, { id: organizationId, name, email }: Organization, { wish }: Run): Promise<void> {
    const owner = await tx.membership.findFirst({ where: { organizationId, role: ownerRole }, include: { user: true }, orderBy: { createdAt: 'asc' } });
    const to = owner?.user.email ?? wish.adminEmail ?? email;
    if (to === null) throw new WrongTenantStateError('There is nobody to welcome: the tenant has no owner and no address.');
    await this.outbox.add(tx, { template: 'welcome', to, organizationId, data: { name: owner?.user.name ?? name, organization: name, link: this.config.appUrl } });
  }

  async #result(organizationId: string, run: Run, errors: ProvisioningProblem[]): Promise<ProvisioningResult> {
    const stepsCompleted = await this.stepsOf(organizationId);
    const owner = await this.platform.membership.findFirst({
      where: { organizationId, role: ownerRole },
      select: { userId: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    const status = errors.length === 0 ? 'success' : stepsCompleted.includes('validate') ? 'partial_success' : 'failed';
    return { status, adminUserId: owner?.userId ?? null, ...(run.adminPassword === undefined ? {} : { adminPassword: run.adminPassword }), stepsCompleted, errors };
  }
}
