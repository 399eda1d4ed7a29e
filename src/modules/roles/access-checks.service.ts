import { Injectable } from '@nestjs/common';
import { decideAccess, type AccessDecision, type AccessQuestion, type QuotaQuestion } from '../../access/access-decision.js';
import { AccessDeniedError, ImpersonationForbiddenError, ImpersonationReadOnlyError, OrganizationNotFoundError } from '../../access/access.errors.js';
import type { OrganizationFacts } from '../../access/organization/organization-facts.js';
import { PermissionStates } from '../../access/permission-states.js';
import { PrincipalResolverService, type ResolvedSubject } from '../../access/principal/principal-resolver.service.js';
import { AppError, NotFoundError } from '../../common/errors/app-error.js';
import { grantableToKeys } from '../../config/catalog/built-in-permissions.js';
import { isCapability } from '../../config/catalog/capabilities.js';
import type { Principal, PrincipalMembership } from '../../access/principal/principal.js';
import { SystemClock } from '../../common/clock.js';
import { quantityOf } from '../../config/catalog/quantities.js';
import { hasRoomFor, type MeterReading } from '../usage/metering/meter-reading.js';
import { MetersService } from '../usage/metering/meters.service.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { MeterReadingsService } from '../usage/metering/meter-readings.service.js';
import type { AccessQuestionDto, CheckAccessDto, MemberAccessQuestionDto } from './access-checks.dto.js';
import { UnknownFeatureError, UnknownMeterError, UnknownPermissionError } from './roles.errors.js';

type Member = Principal & { readonly membership: PrincipalMembership };

/** The readings of the meters, by their keys. */
type Quotas = ReadonlyMap<string, MeterReading>;

/** Checks whether the caller has a permission, feature or quota, or whether others have them, with the same decision as the guards. */
@Injectable()
export class AccessChecksService {
  constructor(
    private readonly catalog: Catalog,
    private readonly readings: MeterReadingsService,
    private readonly meters: MetersService,
    private readonly clock: SystemClock,
    private readonly principals: PrincipalResolverService,
    private readonly states: PermissionStates,
  ) {}

  /** @throws {UnknownPermissionError | UnknownFeatureError | UnknownMeterError | TooManyDecimalsError} */
  async checkAccess(principal: Principal, check: CheckAccessDto, address: string): Promise<AccessDecision> {
    this.#assertKnown(check, '');
    const member = principal as Member;
    const quotas = await this.#readQuotas([check], member.membership);
    return decideAccess(member, this.#questionOf(check, address, this.#quotaOf(check, member.membership.facts, quotas)));
  }

  /**
   * Checks what users have access to in an organization, with one query about the users and one about the meters.
   *
   * @throws {UnknownPermissionError | UnknownFeatureError | UnknownMeterError | TooManyDecimalsError}
   */
  async checkMembers(membership: PrincipalMembership, checks: readonly MemberAccessQuestionDto[]): Promise<AccessDecision[]> {
    for (const [index, check] of checks.entries()) this.#assertKnown(check, `/checks/${index}`);
    const subjects = new Map(checks.map(({ userId, sessionId }) => [`${userId} ${sessionId ?? ''}`, { userId: userId.toLowerCase(), sessionId: sessionId?.toLowerCase() }]));
    const [resolved, quotas] = await Promise.all([this.principals.resolveSubjects([...subjects.values()], membership), this.#readQuotas(checks, membership)]);
    const members = new Map([...subjects.keys()].map((key, index) => [key, resolved[index]!]));
    return checks.map((check) => {
      const subject = members.get(`${check.userId} ${check.sessionId ?? ''}`)!;
      return this.#decideAbout(subject, check, subject instanceof AppError ? undefined : this.#quotaOf(check, subject.membership.facts, quotas));
    });
  }

  /**
   * Checks whether a member has a permission, for a caller who sees the members and the roles. The session, the address and the age of the password have no effect: they concern the member alone.
   *
   * @throws {AccessDeniedError | UnknownPermissionError | NotFoundError}
   */
  async explainMember(membership: PrincipalMembership, userId: string, permission: string): Promise<AccessDecision> {
    // The route requires `roles:read`.
    if (!membership.permissions.has('members:read')) throw new AccessDeniedError('permission members:read');
    this.#assertPermission(permission, '');
    const { facts } = membership;
    const judged = { ...membership, facts: { ...facts, policy: { ...facts.policy, passwordMaxAge: undefined } } };
    const [subject] = await this.principals.resolveSubjects([{ userId, sessionId: undefined }], judged);
    if (subject === undefined || subject instanceof OrganizationNotFoundError) throw new NotFoundError();
    return this.#decideAbout(subject, { userId, permission }, undefined);
  }

  #decideAbout(subject: ResolvedSubject | AppError, check: MemberAccessQuestionDto, quota: QuotaQuestion | undefined): AccessDecision {
    const refusal = subject instanceof AppError ? subject : impersonationRefusal(subject, check.permission);
    if (refusal !== undefined || subject instanceof AppError) {
      const trace = [{ step: 'membership', passed: false, sources: [{ kind: 'membership', key: null, team: null }], detail: refusal?.code ?? '' }] as const;
      return { allowed: false, trace, refusal };
    }
    const { membership } = subject;
    // Where the user is cannot be judged unless the caller says it.
    const policy = check.address === undefined ? { ...membership.facts.policy, addresses: undefined } : membership.facts.policy;
    const member = { ...subject, membership: { ...membership, facts: { ...membership.facts, policy } } };
    return decideAccess(member, this.#questionOf(check, check.address ?? '', quota));
  }

  #questionOf({ permission, feature }: AccessQuestionDto, address: string, quota: QuotaQuestion | undefined): AccessQuestion {
    return {
      address,
      now: this.clock.now(),
      // Owners can still read a suspended organization.
      reads: permission !== undefined && permission.endsWith(':read'),
      ...(permission === undefined ? {} : { permission, evenIf: this.states.openIn(permission) }),
      ...(feature === undefined ? {} : { feature }),
      ...(quota === undefined ? {} : { quota }),
    };
  }

  #assertPermission(permission: string, place: string): void {
    if (!this.catalog.permissions.has(permission)) throw new UnknownPermissionError(permission, `${place}/permission`);
  }

  #assertKnown({ permission, feature, meter, quantity = 1 }: AccessQuestionDto, place: string): void {
    if (permission !== undefined) this.#assertPermission(permission, place);
    if (feature !== undefined && !this.catalog.features.has(feature) && !isCapability(feature)) throw new UnknownFeatureError(feature, `${place}/feature`);
    if (meter !== undefined && !this.catalog.meters.has(meter)) throw new UnknownMeterError(meter, `${place}/meter`);
    if (meter !== undefined) this.meters.partsOf(this.meters.getMeter(meter), quantity, `${place}/quantity`);
  }

  /** Reads the meters that the checks ask for: one alone, or all together. */
  async #readQuotas(checks: readonly AccessQuestionDto[], { facts }: PrincipalMembership): Promise<Quotas> {
    const [first, ...others] = new Set(checks.flatMap(({ meter }) => meter ?? []));
    if (first === undefined) return new Map();
    const readings = others.length === 0 ? [await this.readings.readMeter(first, facts)] : await this.readings.readMeters(facts);
    return new Map(readings.map((reading) => [reading.meter.key, reading]));
  }

  #quotaOf({ meter, quantity = 1 }: AccessQuestionDto, facts: OrganizationFacts, quotas: Quotas): QuotaQuestion | undefined {
    const reading = meter === undefined ? undefined : quotas.get(meter);
    if (reading === undefined) return undefined;
    const parts = this.meters.partsOf(reading.meter, quantity);
    const {
      taken,
      limit,
      meter: { key, decimals },
    } = reading;
    const shown = { taken: quantityOf(decimals, taken), limit: limit === undefined ? undefined : quantityOf(decimals, limit) };
    return { meter: key, quantity, ...shown, hasRoom: hasRoomFor(reading, parts), refusal: this.meters.quotaExceeded(reading, parts, facts) };
  }
}

/** An operator who impersonates the user may do less: the routes that manage access refuse them, and with the scope `read` all that change something. */
function impersonationRefusal({ impersonation }: ResolvedSubject, permission: string | undefined): AppError | undefined {
  if (impersonation === undefined || permission === undefined || permission.endsWith(':read')) return undefined;
  if (!grantableToKeys(permission)) return new ImpersonationForbiddenError();
  return impersonation.scope === 'write' ? undefined : new ImpersonationReadOnlyError();
}
