import { Injectable } from '@nestjs/common';
import { emailDomainOf } from '../../common/text/internet-names.js';
import { Clock } from '../../common/clock.js';
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { featureRefusal } from '../../access/access-decision.js';
import type { OrganizationFacts } from '../../access/organization/organization-facts.js';
import { ownerRole } from '../../access/roles.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { newOpaqueToken } from '../../common/crypto/opaque-token.js';
import { AppConfig } from '../../config/app-config.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { TenantDb } from '../../database/tenant-db.js';
import type { Domain, DomainGrade } from '../../generated/prisma/client.js';
import { OutboxService } from '../mail/outbox.service.js';
import { changedFields, SecurityNoticesService } from '../mail/security-notices.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import { assertNotPublicMail, parseDomainName } from './domain-name.js';
import { dnsRecordOf } from './proofs/dns-record.js';
import type { CreateDomainDto, UpdateDomainDto, VerifyDomainDto } from './domains.dto.js';
import {
  AddressOutsideDomainError,
  CodeMailedRecentlyError,
  DomainExistsError,
  DomainNotVerifiedError,
  DomainRecordMissingError,
  EmailDomainRequiredError,
  OwnerRoleNotJoinableError,
  TooManyDomainsError,
  WrongCodeError,
} from './domains.errors.js';
import { DomainContestsService } from './proofs/domain-contests.service.js';
import { TxtRecords } from './proofs/txt-records.js';

const maxDomains = 50;
const codeLifetime = 3600 * 1000;
const minCodeInterval = 60 * 1000;
const maxCodeAttempts = 5;
const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const hashCode = (domainId: string, code: string): Uint8Array<ArrayBuffer> => new Uint8Array(createHash('sha256').update(`${domainId}:${code.toUpperCase()}`).digest());

/** Adds, verifies, updates and deletes the domains of an organization. A domain has no effect until it is verified. */
@Injectable()
export class DomainsService {
  constructor(
    private readonly db: TenantDb,
    private readonly config: AppConfig,
    private readonly catalog: Catalog,
    private readonly records: TxtRecords,
    private readonly contests: DomainContestsService,
    private readonly outbox: OutboxService,
    private readonly memberships: MembershipsService,
    private readonly notices: SecurityNoticesService,
    private readonly clock: Clock,
  ) {}

  async listDomains(): Promise<Domain[]> {
    return this.db.domain.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], take: maxDomains });
  }

  /** @throws {InvalidDomainError | PublicMailDomainError | FeatureNotInPlanError | FeatureDisabledError | DomainExistsError | TooManyDomainsError} */
  async createDomain(userId: string, { kind, domain }: CreateDomainDto, facts: OrganizationFacts): Promise<Domain> {
    assertFeatureIncluded(kind, facts);
    const name = parseDomainName(domain, [new URL(this.config.appUrl).hostname, ...(this.config.appDomain === undefined ? [] : [this.config.appDomain])]);
    if (kind === 'email') assertNotPublicMail(name);
    if ((await this.db.domain.count()) >= maxDomains) throw new TooManyDomainsError(maxDomains);
    try {
      const [created] = await this.db.domain.createManyAndReturn({ data: { kind, name, dnsToken: newOpaqueToken(), createdById: userId } });
      if (created === undefined) throw new NotFoundError();
      return created;
    } catch (error) {
      if (isUniqueViolation(error, 'name')) throw new DomainExistsError();
      throw error;
    }
  }

  /**
   * Verifies a domain by its TXT record. While another organization has verified the host and its record is in the DNS, too, the
   * domain is pending; without that record it changes hands. A domain of the kind `email` can be verified by a mailed code instead: `mailTo` sends
   * it, `code` checks it.
   *
   * @throws {NotFoundError | FeatureNotInPlanError | FeatureDisabledError | DomainRecordMissingError | DnsUnavailableError}
   * @throws {EmailDomainRequiredError | AddressOutsideDomainError | CodeMailedRecentlyError | WrongCodeError}
   */
  async verifyDomain(actorId: string, id: string, { mailTo, code }: VerifyDomainDto, facts: OrganizationFacts): Promise<Domain> {
    const domain = await this.getDomain(id);
    assertFeatureIncluded(domain.kind, facts);
    if (mailTo === undefined && code === undefined) return this.#verifyByDns(actorId, domain);
    if (domain.kind !== 'email') throw new EmailDomainRequiredError();
    return code === undefined ? this.#mailCode(domain, mailTo ?? '') : this.#verifyByCode(actorId, domain, code);
  }

  /** Sets the join policy and the join role. @throws {NotFoundError | DomainNotVerifiedError | RoleTooHighError | UnknownRoleError} */
  async updateDomain(actorId: string, id: string, { joinPolicy, joinRole }: UpdateDomainDto): Promise<Domain> {
    return this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const domain = await tx.domain.findFirst({ where: { id } });
      if (domain === null) throw new NotFoundError();
      if (domain.kind !== 'email') throw new EmailDomainRequiredError();
      const policy = joinPolicy ?? domain.joinPolicy;
      const role = joinRole ?? domain.joinRole ?? this.catalog.defaultRole;
      if (role === ownerRole) throw new OwnerRoleNotJoinableError();
      this.memberships.assertMayGrantRole(actor, role, '/joinRole');
      if (policy === 'join' && domain.grade !== 'ownership')
        throw new DomainNotVerifiedError('The join policy `join` requires verification by DNS. Verify the domain first: POST /tenant/domains/:id/verify.');
      if (policy === 'request' && domain.grade === null)
        throw new DomainNotVerifiedError('The join policy `request` requires a verified domain. Verify the domain first: POST /tenant/domains/:id/verify.');
      const [updated] = await tx.domain.updateManyAndReturn({ where: { id }, data: { joinPolicy: policy, joinRole: role, joinGrantedById: actorId } });
      if (updated === undefined) throw new NotFoundError();
      const fields = changedFields({ joinPolicy: domain.joinPolicy, joinRole: domain.joinRole ?? this.catalog.defaultRole }, { joinPolicy: policy, joinRole: role });
      if (fields.length > 0) await this.notices.announce(tx, { userId: actorId, setupLink: null }, { change: 'domain_changed', domain: domain.name, fields });
      return updated;
    });
  }

  /** Deletes a domain. The owners are notified if it was verified. @throws {NotFoundError} */
  async deleteDomain(actorId: string, id: string): Promise<void> {
    await this.db.$transaction(async (tx) => {
      const domain = await tx.domain.findFirst({ where: { id } });
      const { count } = await tx.domain.deleteMany({ where: { id } });
      if (domain === null || count === 0) throw new NotFoundError();
      if (domain.verifiedAt !== null) await this.notices.announce(tx, { userId: actorId, setupLink: null }, { change: 'domain_removed', domain: domain.name });
    });
  }

  async #verifyByDns(actorId: string, domain: Domain): Promise<Domain> {
    const { name, value } = dnsRecordOf(domain);
    const askedAt = this.clock.now();
    const records = await this.#lookUp(domain, name);
    if (!records.includes(value)) throw new DomainRecordMissingError(name, value, records);
    await this.contests.endOlderProofs(domain, { records, askedAt });
    try {
      return await this.#markVerified(actorId, domain, 'ownership');
    } catch (error) {
      if (isUniqueViolation(error, 'verified_host')) return this.#markPending(domain);
      throw error;
    }
  }

  /** Notes when the record was looked up, also if the lookup fails. */
  async #lookUp({ id }: Domain, name: string): Promise<string[]> {
    try {
      return await this.records.findTxtRecords(name);
    } finally {
      await this.db.domain.updateMany({ where: { id }, data: { lastCheckedAt: this.clock.now() } });
    }
  }

  /** Notes the proof, for the daily check: it verifies the host when the other organization no longer proves it. */
  async #markPending({ id, dnsToken, provedAt }: Domain): Promise<Domain> {
    const [pending] = await this.db.domain.updateManyAndReturn({ where: { id, dnsToken, verifiedAt: null }, data: { provedAt: provedAt ?? this.clock.now() } });
    if (pending === undefined) throw new NotFoundError();
    return pending;
  }

  async #mailCode(domain: Domain, mailTo: string): Promise<Domain> {
    if (emailDomainOf(mailTo) !== domain.name) throw new AddressOutsideDomainError(domain.name);
    const now = this.clock.now().getTime();
    const code = Array.from({ length: 8 }, () => codeAlphabet[randomInt(codeAlphabet.length)]).join('');
    // One statement checks and stores the time of the last code, so that parallel requests send only one mail.
    const where = { id: domain.id, OR: [{ codeExpiresAt: null }, { codeExpiresAt: { lte: new Date(now + codeLifetime - minCodeInterval) } }] };
    return this.db.$transaction(async (tx) => {
      const data = { mailedTo: mailTo, codeHash: hashCode(domain.id, code), codeExpiresAt: new Date(now + codeLifetime), codeTries: 0 };
      const [updated] = await tx.domain.updateManyAndReturn({ where, data });
      if (updated === undefined) throw new CodeMailedRecentlyError();
      const organization = await tx.organization.findFirstOrThrow({ select: { name: true } });
      await this.outbox.addMail(tx, {
        template: 'domain-code',
        to: mailTo,
        data: { organization: organization.name, domain: domain.name, code },
        linkExpiresAt: data.codeExpiresAt,
      });
      return updated;
    });
  }

  /** A code does not renew a proof of ownership. The attempt is counted before the code is compared, so that parallel guesses cannot exceed the maximum. */
  async #verifyByCode(actorId: string, domain: Domain, code: string): Promise<Domain> {
    const where = { id: domain.id, codeTries: { lt: maxCodeAttempts }, codeExpiresAt: { gt: this.clock.now() } };
    const [attempted] = await this.db.domain.updateManyAndReturn({ where, data: { codeTries: { increment: 1 } } });
    if (attempted?.codeHash === undefined || attempted.codeHash === null || !timingSafeEqual(attempted.codeHash, hashCode(domain.id, code))) throw new WrongCodeError();
    if (attempted.grade !== 'ownership') return this.#markVerified(actorId, attempted, 'affiliation');
    const [kept] = await this.db.domain.updateManyAndReturn({ where: { id: domain.id }, data: { codeHash: null, codeExpiresAt: null } });
    if (kept === undefined) throw new NotFoundError();
    return kept;
  }

  /** The token is compared, because the operator may have released the domain meanwhile. */
  async #markVerified(actorId: string, { id, name, dnsToken, verifiedAt, grade: before }: Domain, grade: DomainGrade): Promise<Domain> {
    const now = this.clock.now();
    const proof = { grade, verifiedAt: verifiedAt ?? now, provedAt: now, failingSince: null, endedReason: null, endedNote: null };
    return this.db.$transaction(async (tx) => {
      const [verified] = await tx.domain.updateManyAndReturn({ where: { id, dnsToken }, data: { ...proof, codeHash: null, codeExpiresAt: null } });
      if (verified === undefined) throw new NotFoundError();
      if (grade !== before) await this.notices.announce(tx, { userId: actorId, setupLink: null }, { change: 'domain_verified', domain: name });
      return verified;
    });
  }

  /** @throws {NotFoundError} */
  async getDomain(id: string): Promise<Domain> {
    const domain = await this.db.domain.findFirst({ where: { id } });
    if (domain === null) throw new NotFoundError();
    return domain;
  }
}

/** A host requires the feature when it is added and when it is verified: the plan can change in between. */
function assertFeatureIncluded(kind: Domain['kind'], facts: OrganizationFacts): void {
  const refusal = kind === 'host' ? featureRefusal('custom_domains', facts) : undefined;
  if (refusal !== undefined) throw refusal;
}
