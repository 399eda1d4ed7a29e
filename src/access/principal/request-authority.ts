import type { Authority, TenantContext } from '../../tenancy/tenant-context.js';
import { needsTenant, type AccessRule } from '../access.decorators.js';
import { AuthorityChangedError } from '../access.errors.js';
import type { Principal, PrincipalMembership } from './principal.js';

/**
 * The authority of a request that the guards have let in. The services act on the permissions that the guards have seen, so
 * a caller who has lost one of them meanwhile is refused, even where the route itself would still be open to them.
 */
export class RequestAuthority implements Authority {
  readonly operatorId: string | undefined;
  readonly sessionId: string | undefined;
  readonly #principal: Principal;
  /** The membership at the version of the organization. */
  #membership: PrincipalMembership | undefined;
  #organization: Authority['organization'];
  #serviceKey: Authority['serviceKey'];

  /** @param judge resolves the caller again and checks the route's access rule; throws the refusal */
  constructor(
    principal: Principal,
    rule: AccessRule,
    private readonly judge: () => Promise<Principal>,
  ) {
    this.#principal = principal;
    this.#membership = principal.membership;
    this.operatorId = rule.kind === 'platform_admin' && principal.kind === 'user' ? principal.userId : undefined;
    this.sessionId = principal.kind === 'user' ? principal.sessionId : undefined;
    this.#organization = needsTenant(rule) ? organizationOf(principal) : undefined;
    this.#serviceKey = serviceKeyOf(principal);
  }

  get organization(): Authority['organization'] {
    return this.#organization;
  }

  get serviceKey(): Authority['serviceKey'] {
    return this.#serviceKey;
  }

  get membership(): PrincipalMembership | undefined {
    return this.#membership;
  }

  /** @throws {AuthorityChangedError} when the caller has lost a permission or rank */
  async renew(): Promise<void> {
    const principal = await this.judge();
    if (hasLost(this.#principal, principal)) throw new AuthorityChangedError();
    this.#membership = principal.membership;
    if (this.#organization !== undefined) this.#organization = organizationOf(principal);
    this.#serviceKey = serviceKeyOf(principal);
  }

  conflict(): AuthorityChangedError {
    return new AuthorityChangedError();
  }
}

/**
 * Returns the membership of the caller, with the facts of the organization. In a transaction that has locked the organization they are those of
 * the database once its first statement has been answered, except for permissions that the caller has gained meanwhile.
 */
export function membershipOfRequest({ authority }: TenantContext): PrincipalMembership {
  if (authority instanceof RequestAuthority && authority.organization !== undefined && authority.membership !== undefined) return authority.membership;
  throw new Error('Only a request in an organization has a membership.');
}

function organizationOf({ membership }: Principal): Authority['organization'] {
  return membership === undefined ? undefined : { id: membership.organizationId, version: membership.accessVersion };
}

const serviceKeyOf = (principal: Principal): Authority['serviceKey'] => (principal.kind === 'service' ? { id: principal.keyId, version: principal.keyVersion } : undefined);

function hasLost({ membership: before }: Principal, { membership: now }: Principal): boolean {
  if (before === undefined) return false;
  if (now === undefined || now.rank < before.rank) return true;
  return [...before.permissions].some((permission) => !now.permissions.has(permission));
}
