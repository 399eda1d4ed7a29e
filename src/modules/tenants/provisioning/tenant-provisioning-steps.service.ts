import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { ownerRole } from '../../../access/roles.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { UsersService } from '../../auth/users.service.js';
import { insertMembership } from '../../members/new-members.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { WrongTenantStateError } from '../tenants.errors.js';
import { getPlanOrThrow } from './tenant-plan.policy.js';
import type { ProvisioningRun, ProvisioningStepName } from './tenant-provisioning.policy.js';

interface Subject {
  readonly organization: Organization;
  readonly run: ProvisioningRun;
}

type StepResult = { readonly adminPassword?: string } | void;

/** Implements the provisioning steps. */
@Injectable()
export class ProvisioningStepsService {
  readonly #steps: Readonly<Record<ProvisioningStepName, (tx: PlatformTransaction, subject: Subject) => Promise<StepResult>>> = {
    validate: (_tx, { organization }) => this.#validate(organization),
    admin_user: (tx, subject) => this.#createAdmin(tx, subject),
    default_settings: (tx, { organization }) => this.#initialize(tx, organization, 'settings'),
    plan_features: (tx, { organization }) => this.#initialize(tx, organization, 'features'),
    verified: (tx, { organization }) => this.#verify(tx, organization),
    welcome_email: (tx, subject) => this.#welcome(tx, subject),
  };

  constructor(
    private readonly catalog: Catalog,
    private readonly users: UsersService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Runs a step. @returns the generated password, if the step created an admin with one */
  runStep(step: ProvisioningStepName, tx: PlatformTransaction, subject: Subject): Promise<StepResult> {
    return this.#steps[step](tx, subject);
  }

  async #validate({ plan, deletedAt }: Organization): Promise<void> {
    if (deletedAt !== null) throw new WrongTenantStateError('The tenant is deleted. Restore it before you provision it.');
    getPlanOrThrow(this.catalog, plan);
  }

  /** Makes the user who has verified the address an owner. If there is none, creates a user whose address counts as verified. */
  async #createAdmin(tx: PlatformTransaction, { organization: { id: organizationId, email }, run }: Subject): Promise<StepResult> {
    const address = run.options.adminEmail ?? email ?? undefined;
    if (address === undefined) throw new WrongTenantStateError('The admin has no email address. Pass `adminEmail`, or set the email address of the tenant.');
    const [known] = await tx.$queryRaw<{ id: string }[]>`select id from users where email = ${address} and email_verified_at is not null for no key update`;
    const admin = known ?? (await this.#makeUser(tx, run));
    await insertMembership(tx, { organizationId, userId: admin.id, email: address, role: ownerRole }, this.clock.now());
    await tx.user.updateMany({ where: { id: admin.id, defaultOrganizationId: null }, data: { defaultOrganizationId: organizationId } });
    return known === undefined && run.admin?.password !== undefined ? { adminPassword: run.admin.password } : undefined;
  }

  async #makeUser(tx: PlatformTransaction, { admin, refusal }: ProvisioningRun): Promise<{ id: string }> {
    if (refusal !== undefined) throw refusal;
    if (admin === undefined) throw new WrongTenantStateError('The email address of the tenant changed while it was being provisioned. Provision it again.');
    return this.users.createUser(tx, admin.prepared, true);
  }

  async #initialize(tx: PlatformTransaction, { id: organizationId }: Organization, section: 'settings' | 'features'): Promise<void> {
    await tx.settingsDocument.createMany({ data: { organizationId, section, document: {} }, skipDuplicates: true });
  }

  async #verify(tx: PlatformTransaction, { id, status, trialEndsAt }: Organization): Promise<void> {
    const opened = status === 'pending' ? { status: trialEndsAt === null ? ('active' as const) : ('trial' as const) } : {};
    await tx.organization.update({ where: { id }, data: { isVerified: true, ...opened } });
  }

  async #welcome(tx: PlatformTransaction, { organization: { id: organizationId, name, email }, run: { options } }: Subject): Promise<void> {
    const owner = await tx.membership.findFirst({ where: { organizationId, role: ownerRole }, include: { user: true }, orderBy: { createdAt: 'asc' } });
    const to = owner?.user.email ?? options.adminEmail ?? email;
    if (to === null) throw new WrongTenantStateError('There is no recipient for the welcome email. Add an owner, or set the email address of the tenant.');
    await this.outbox.addMail(tx, { template: 'welcome', to, organizationId, data: { name: owner?.user.name ?? name, organization: name, link: this.config.appUrl } });
  }
}
