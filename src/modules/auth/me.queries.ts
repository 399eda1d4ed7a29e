import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import type { MembershipRefDto } from './auth.dto.js';

/** The organizations and the second factor of a user. */
export interface UserDescription {
  /** In organizations that are not deleted, oldest first. */
  readonly memberships: MembershipRefDto[];
  /** Whether a second factor is confirmed. */
  readonly hasSecondFactor: boolean;
}

/** The most memberships that are read with a quick statement, which must not delay the next ones. */
const fewMemberships = 100;

const userSql = `
  select exists (select from second_factors where user_id = $1::uuid and confirmed_at is not null),
         (select json_agg(json_build_object('role', role, 'organization', json_build_object('id', id, 'name', name, 'slug', slug)) order by created_at, membership_id)
            from (select m.role, m.created_at, m.id as membership_id, o.id, o.name, o.slug
                    from memberships m join organizations o on o.id = m.organization_id
                   where m.user_id = $1::uuid and o.deleted_at is null
                   limit $2::int) listed)`;

/** Reads what a session check answers in addition to the principal. */
@Injectable()
export class MeQueries {
  constructor(private readonly platform: PlatformPool) {}

  async describeUser(id: string): Promise<UserDescription> {
    const user = await this.#read(id, fewMemberships + 1);
    return user.memberships.length > fewMemberships ? this.#read(id, null) : user;
  }

  async #read(id: string, limit: number | null): Promise<UserDescription> {
    const { rows } = await this.platform.read<[boolean, MembershipRefDto[] | null]>({
      name: 'tenantry_me',
      text: userSql,
      values: [id, limit],
      rowMode: 'array',
      quick: limit !== null,
    });
    const [[hasSecondFactor, memberships] = [false, null]] = rows;
    return { memberships: memberships ?? [], hasSecondFactor };
  }
}
