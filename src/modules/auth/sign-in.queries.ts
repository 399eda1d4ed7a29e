import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import type { Device } from './sessions/device.js';

/** The organization that a user works in by default. */
export interface UsualOrganization {
  readonly id: string;
  readonly status: string;
  readonly maintenanceMode: boolean;
}

/** An account that a login with an address compares the password with. */
export interface SignInCandidate {
  readonly id: string;
  readonly verified: boolean;
  readonly passwordHash: string | null;
  /** Whether the hash is that of another application. */
  readonly imported: boolean;
  readonly passwordChangedAt: Date;
  /** Whether somebody has signed in to it from the network of the caller. */
  readonly knowsNetwork: boolean;
  /** Whether somebody has signed in to it from there with the same program. */
  readonly knowsDevice: boolean;
  /** Null also when it is deleted, or the user is not a member of it. */
  readonly usualOrganization: UsualOrganization | null;
}

type CandidateRow = [
  id: string,
  verified: boolean,
  passwordHash: string | null,
  imported: boolean,
  passwordChangedAt: Date,
  knowsNetwork: boolean,
  knowsDevice: boolean,
  usualOrganization: UsualOrganization | null,
];

// Everything that it reads is found by a key: an address has few claims (MailboxesService).
const candidatesSql = `
  with known as (
    select u.id, u.created_at, u.email_verified_at is not null as verified, c.password_hash, c.imported_kind, u.password_changed_at, u.default_organization_id
      from users u left join credentials c on c.user_id = u.id where u.email = $1 and u.disabled_at is null),
  candidates as (
    select * from known where verified
    union all (select * from (
      (select * from known where not verified order by created_at, id limit 1)
      union (select * from known where not verified order by created_at desc, id desc limit 1)) claims))
  select id, verified, password_hash, imported_kind is not null, password_changed_at, app.has_signed_in_from(id, $2), app.has_signed_in_from(id, $2, $3),
         (select json_build_object('id', o.id, 'status', o.status, 'maintenanceMode', o.maintenance_mode)
            from memberships m join organizations o on o.id = m.organization_id
           where m.organization_id = default_organization_id and m.user_id = candidates.id and o.deleted_at is null)
    from candidates order by verified desc, created_at, id`;

const managedSql = `
  select u.id, true, c.password_hash, c.imported_kind is not null, u.password_changed_at, app.has_signed_in_from(u.id, $3), app.has_signed_in_from(u.id, $3, $4),
         json_build_object('id', o.id, 'status', o.status, 'maintenanceMode', o.maintenance_mode)
    from users u join organizations o on o.id = u.managed_by_id left join credentials c on c.user_id = u.id
   where u.managed_by_id = $1 and u.user_name = $2 and u.disabled_at is null and o.deleted_at is null`;

/** The name with which somebody signs in: an address, or the name of a managed account in its organization. */
export type SignInName =
  | { readonly email: string }
  | {
      /** Null when it does not exist. */
      readonly organizationId: string | null;
      /** As the caller names it. */
      readonly organization: string;
      readonly userName: string;
    };

/** Returns the text of a name by which attempts on unknown accounts are counted. A user name contains no `@`. */
export const textOf = (name: SignInName): string => ('email' in name ? name.email : `${name.organizationId ?? name.organization}/${name.userName}`);

/** Reads what decides a login before its password is checked. */
@Injectable()
export class SignInQueries {
  constructor(private readonly platform: PlatformPool) {}

  /**
   * Returns the accounts that can sign in with an address, highest precedence first: the one that has verified it, the
   * oldest claim, which no later sign-up can displace, and the newest claim.
   *
   * @param device that of a caller who signs in
   */
  async findSignInCandidates(email: string, device?: Device): Promise<SignInCandidate[]> {
    const { rows } = await this.platform.read<CandidateRow>({
      name: 'tenantry_sign_in',
      text: candidatesSql,
      values: [email, device?.network ?? null, device?.client ?? null],
      rowMode: 'array',
      quick: true,
    });
    return rows.map(toCandidate);
  }

  /** Returns the managed account with this name, if there is one. */
  async findManagedCandidates(organizationId: string, userName: string, device: Device): Promise<SignInCandidate[]> {
    const { rows } = await this.platform.read<CandidateRow>({
      name: 'tenantry_managed_sign_in',
      text: managedSql,
      values: [organizationId, userName, device.network, device.client],
      rowMode: 'array',
      quick: true,
    });
    return rows.map(toCandidate);
  }
}

function toCandidate([id, verified, passwordHash, imported, passwordChangedAt, knowsNetwork, knowsDevice, usualOrganization]: CandidateRow): SignInCandidate {
  return { id, verified, passwordHash, imported, passwordChangedAt, knowsNetwork, knowsDevice, usualOrganization };
}
