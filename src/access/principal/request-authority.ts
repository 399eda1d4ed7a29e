import type { Authority } from '../../tenancy/tenant-context.js';
import { needsTenant, type AccessRule } from '../access.decorators.js';
import { AuthorityChangedError } from '../access.errors.js';
import type { Principal } from './principal.js';

/**
 * The authority of a request that the guards have let in. The services act on the permissions that the guards have seen, so
 * a caller who has lost one of them meanwhile is refused, even where the route itself would still be open to them.
 */
export class RequestAuthority implements Authority {
  readonly operatorId: string | undefined;
  readonly sessionId: string | undefined;
  readonly #principal: Principal;
  #organization: Authority['organization'];

  /** @param judge resolves the caller again and checks the route's access rule; throws the refusal */
  constructor(
    principal: Principal,
    rule: AccessRule,
    private readonly judge: () => Promise<Principal>,
  ) {
    this.#principal = principal;
    this.operatorId = rule.kind === 'platform_admin' && principal.kind === 'user' ? principal.userId : undefined;
    this.sessionId = principal.kind === 'user' ? principal.sessionId : undefined;
    this.#organization = needsTenant(rule) ? organizationOf(principal) : undefined;
  }

  get organization(): Authority['organization'] {
    return this.#organization;
  }

  /** @throws {AuthorityChangedError} when the caller has lost a permission or rank */
  async renew(): Promise<void> {
    const principal = await this.judge();
    if (hasLost(this.#principal, principal)) throw new AuthorityChangedError();
    if (this.#organization !== undefined) this.#organization = organizationOf(principal);
  }

  conflict(): AuthorityChangedError {
    return new AuthorityChangedError();
  }
}

function organizationOf({ membership }: Principal): Authority['organization'] {
  return membership === undefined ? undefined : { id: membership.organizationId, version: membership.accessVersion };
}

function hasLost({ membership: before }: Principal, { membership: now }: Principal): boolean {
  if (before === undefined) return false;
  if (now === undefined || now.rank < before.rank) return true;
  return [...before.permissions].some((permission) => !now.permissions.has(permission));
}
