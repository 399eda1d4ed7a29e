import { Injectable } from '@nestjs/common';
import { AddressList } from '../../../common/http/address-list.js';
import { ownerRole } from '../../../access/roles.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { OwnerLockedOutError } from '../settings.errors.js';

/** The part of a security policy that can lock out members. */
export interface EntryRules {
  readonly ipAllowList?: readonly string[];
  readonly allowedEmailDomains?: readonly string[];
  readonly mfaRequired?: boolean;
  readonly ssoRequired?: boolean;
}

/** The principal who changes the policy. The address of the request counts as an address of the user. */
export interface Changer {
  readonly userId: string | null;
  readonly address: string;
}

export interface LockedOutMember {
  readonly userId: string;
  readonly email: string;
  readonly role: string;
  readonly reasons: string[];
}

export interface LockedOutKey {
  readonly id: string;
  readonly name: string;
  readonly reasons: string[];
}

interface MemberRow {
  readonly userId: string;
  readonly email: string;
  readonly role: string;
  /** The addresses from which their active sessions were last used. */
  readonly addresses: readonly string[];
  readonly secondFactor: boolean;
}

// The tenant role cannot read sessions, so the platform role reads them for one organization.
const membersSql = `
  select m.user_id as "userId", u.email, m.role, f.confirmed_at is not null as "secondFactor",
         array(select distinct s.ip_address from sessions s
                where s.user_id = m.user_id and s.revoked_at is null and s.expires_at > now() and s.ip_address is not null) as addresses
    from memberships m join users u on u.id = m.user_id left join second_factors f on f.user_id = m.user_id
   where m.organization_id = $1::uuid
   order by m.created_at, m.id`;

/** Finds the members and API keys that a security policy would lock out, and refuses a policy that would lock out every owner. */
@Injectable()
export class LockOutsService {
  constructor(
    private readonly db: TenantDb,
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
  ) {}

  async findLockedOutMembers(rules: EntryRules, changer: Changer): Promise<LockedOutMember[]> {
    const members = await this.#evaluateMembers(rules, changer);
    return members.filter(({ reasons }) => reasons.length > 0).map(({ userId, email, role, reasons }) => ({ userId, email, role, reasons }));
  }

  async findLockedOutKeys({ ipAllowList = [] }: EntryRules): Promise<LockedOutKey[]> {
    if (ipAllowList.length === 0) return [];
    const list = new AddressList(ipAllowList);
    const keys = await this.db.apiKey.findMany({ where: { enabled: true, lastUsedIp: { not: null } }, select: { id: true, name: true, lastUsedIp: true } });
    return keys.filter(({ lastUsedIp }) => lastUsedIp !== null && !list.has(lastUsedIp)).map(({ id, name }) => ({ id, name, reasons: ['address'] }));
  }

  /** @throws {OwnerLockedOutError} unless at least one owner is known to have access under these rules */
  async assertOwnerRemains(rules: EntryRules, changer: Changer): Promise<void> {
    const owners = (await this.#evaluateMembers(rules, changer)).filter(({ role }) => role === ownerRole);
    if (!owners.some(({ reasons, known }) => known && reasons.every((reason) => reason === 'email_domain'))) throw new OwnerLockedOutError();
  }

  async #evaluateMembers(rules: EntryRules, changer: Changer): Promise<(LockedOutMember & { readonly known: boolean })[]> {
    const { rows } = await this.platform.query<MemberRow>(membersSql, [this.context.organizationId]);
    return rows.map(({ userId, email, role, addresses, secondFactor }) => {
      const used = userId === changer.userId ? [...addresses, changer.address] : addresses;
      return { userId, email, role, reasons: reasonsOf(rules, { email, addresses: used, secondFactor }), known: used.length > 0 };
    });
  }
}

function reasonsOf(
  { ipAllowList = [], allowedEmailDomains = [], mfaRequired = false, ssoRequired = false }: EntryRules,
  { email, addresses, secondFactor }: Pick<MemberRow, 'email' | 'addresses' | 'secondFactor'>,
): string[] {
  const list = ipAllowList.length === 0 ? undefined : new AddressList(ipAllowList);
  const otherAddress = list !== undefined && addresses.length > 0 && !addresses.some((address) => list.has(address));
  const otherDomain = allowedEmailDomains.length > 0 && !allowedEmailDomains.includes(email.slice(email.lastIndexOf('@') + 1));
  return [
    ...(otherAddress ? ['address'] : []),
    ...(mfaRequired && !secondFactor ? ['second_factor'] : []),
    // No member has used single sign-on yet, because the application does not offer it yet.
    ...(ssoRequired ? ['sso'] : []),
    ...(otherDomain ? ['email_domain'] : []),
  ];
}
