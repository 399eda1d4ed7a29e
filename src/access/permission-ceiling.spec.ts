import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beyondCeiling, type PermissionGrant, type PermissionHolder } from './permission-ceiling.js';

const universe = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const permissions = fc.subarray([...universe]);
const ranks = fc.constantFrom(-1, 10, 50, 80, 100);
const holders = fc.record({ rank: ranks, permissions: permissions.map((some) => new Set<string>(some)) });
const grants = fc.oneof(fc.record({ permissions: fc.array(fc.constantFrom(...universe)) }), fc.record({ rank: ranks, permissions }));

describe('beyondCeiling', () => {
  it('returns each permission that the holder lacks once, and the rank when it is higher', () => {
    fc.assert(
      fc.property(holders, grants, (holder: PermissionHolder, grant: PermissionGrant) => {
        const lacking = universe.filter((permission) => [...grant.permissions].includes(permission) && !holder.permissions.has(permission));
        const tooHigh = (grant.rank ?? holder.rank) > holder.rank ? ['rank'] : [];
        expect(beyondCeiling(holder, grant).toSorted()).toEqual([...lacking, ...tooHigh].toSorted());
      }),
    );
  });

  it('returns nothing for permissions that the holder has', () => {
    fc.assert(fc.property(holders, (holder) => expect(beyondCeiling(holder, holder)).toEqual([])));
  });

  it('returns everything for a granter who has left', () => {
    fc.assert(
      fc.property(grants, (grant: PermissionGrant) => {
        const everything = universe.filter((permission) => [...grant.permissions].includes(permission));
        expect(beyondCeiling(undefined, grant).toSorted()).toEqual([...everything, ...(grant.rank === undefined ? [] : ['rank'])].toSorted());
      }),
    );
  });

  it('never returns more when the holder has more permissions', () => {
    fc.assert(
      fc.property(holders, holders, grants, (holder, other, grant) => {
        const both = { rank: Math.max(holder.rank, other.rank), permissions: new Set([...holder.permissions, ...other.permissions]) };
        expect(beyondCeiling(holder, grant)).toEqual(expect.arrayContaining(beyondCeiling(both, grant)));
      }),
    );
  });

  it('is transitive: a holder can grant everything that a member whose permissions they could grant can grant', () => {
    fc.assert(
      fc.property(holders, holders, grants, (above, between, grant) => {
        fc.pre(beyondCeiling(above, between).length === 0 && beyondCeiling(between, grant).length === 0);
        expect(beyondCeiling(above, grant)).toEqual([]);
      }),
    );
  });
});

/*
 * A model of an organization that checks the ceiling like MembershipsService, CustomRolesService, TeamsService,
 * InvitationsService and ApiKeysService. Auditors have permissions that admins lack: a higher rank does not imply more
 * permissions. Invitations and keys wait: they are judged when they are used, by the present permissions of their granter.
 */
const baseRoles = {
  owner: { rank: 100, permissions: [...universe] },
  admin: { rank: 80, permissions: ['a', 'b', 'c', 'd', 'e'] },
  auditor: { rank: 50, permissions: ['a', 'f'] },
  member: { rank: 10, permissions: ['a'] },
} as const;
const baseKeys = ['owner', 'admin', 'auditor', 'member'] as const;
const kinds = [
  ...(['base', 'invite', 'resend', 'revoke', 'accept', 'makeRole', 'editRole', 'deleteRole', 'give', 'makeTeam'] as const),
  ...(['changeTeam', 'join', 'part', 'remove', 'key', 'rotate', 'editKey'] as const),
] as const;
type Kind = (typeof kinds)[number];

interface Operation {
  readonly kind: Kind;
  readonly actor: number;
  readonly target: number;
  readonly role: number;
  readonly other: number;
  readonly team: number;
  readonly permissions: readonly string[];
}
const nat = fc.nat({ max: 30 });
const operation = fc.record({ kind: fc.constantFrom(...kinds), actor: nat, target: nat, role: nat, other: nat, team: nat, permissions });
/** Long histories, because a grant gains by what happens between it and its use. */
const operations = fc.array(operation, { minLength: 1, maxLength: 60, size: 'max' });

interface Member {
  base: (typeof baseKeys)[number];
  roles: Set<CustomRole>;
}
interface CustomRole {
  permissions: readonly string[];
}
interface Team {
  roles: Set<CustomRole>;
  readonly members: Set<Member>;
}
interface Invitation {
  readonly base: (typeof baseKeys)[number];
  granter: Member;
}
interface Key {
  readonly personal: boolean;
  granter: Member;
  permissions: readonly string[];
}

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item;
/** Returns the roles that a change grants or revokes. */
const difference = (held: ReadonlySet<CustomRole>, wanted: ReadonlySet<CustomRole>): CustomRole[] => [...held, ...wanted].filter((role) => held.has(role) !== wanted.has(role));
const allOf = (roles: Iterable<CustomRole>): string[] => [...roles].flatMap((role) => role.permissions);

class Organization {
  readonly roles: CustomRole[] = [{ permissions: ['a', 'b'] }, { permissions: ['f', 'g'] }, { permissions: ['h'] }];
  readonly members: Member[] = [...baseKeys, 'member' as const].map((base) => ({ base, roles: new Set() }));
  readonly teams: Team[] = [
    { roles: new Set(this.roles.slice(0, 1)), members: new Set(this.members.slice(3, 4)) },
    { roles: new Set(this.roles.slice(1, 2)), members: new Set() },
  ];
  readonly keys: Key[] = [];
  readonly invitations: Invitation[] = [];

  /** @param unguarded an operation that does not check the ceiling */
  constructor(private readonly unguarded?: Kind) {}

  permissionsOf(member: Member): PermissionHolder {
    const teams = this.teams.filter(({ members }) => members.has(member));
    const base = baseRoles[member.base];
    return { rank: base.rank, permissions: new Set([...base.permissions, ...allOf(member.roles), ...teams.flatMap(({ roles }) => allOf(roles))]) };
  }

  /** Returns what a granter holds at present; undefined when they have left. */
  holderOf(granter: Member): PermissionHolder | undefined {
    return this.members.includes(granter) ? this.permissionsOf(granter) : undefined;
  }

  /** Returns the permissions of every member and API key. */
  allPermissions(): Map<Member | Key, PermissionHolder> {
    const keys = this.keys.map((key) => {
      const beyond = beyondCeiling(this.holderOf(key.granter), key);
      return [key, { rank: -1, permissions: new Set(key.permissions.filter((permission) => this.unguarded === 'key' || !beyond.includes(permission))) }] as const;
    });
    return new Map<Member | Key, PermissionHolder>([...this.members.map((member) => [member, this.permissionsOf(member)] as const), ...keys]);
  }

  /** Performs the operation if the ceiling allows it. Returns whether it did. */
  perform(operation: Operation, actor: Member): boolean {
    const may = (...grants: PermissionGrant[]): boolean =>
      this.unguarded === operation.kind || grants.every((grant) => beyondCeiling(this.permissionsOf(actor), grant).length === 0);
    const [target, role, other, team] = [
      pick(this.members, operation.target),
      pick(this.roles, operation.role),
      pick(this.roles, operation.other),
      pick(this.teams, operation.team),
    ];
    const [base, chosen] = [pick(baseKeys, operation.role), new Set([role, other])];
    const [held, wanted] = [allOf(team.roles), allOf(chosen)];
    const invitation = this.invitationOf(operation);
    const key = this.keys[operation.other % Math.max(1, this.keys.length)];
    const steps: Readonly<Record<Kind, () => boolean>> = {
      base: () => (actor !== target || actor.base === 'owner') && may(this.permissionsOf(target), baseRoles[base]) && done(() => (target.base = base)),
      invite: () => may(baseRoles[base]) && done(() => this.invitations.push({ base, granter: actor })),
      resend: () => invitation !== undefined && may(baseRoles[invitation.base]) && done(() => (invitation.granter = actor)),
      revoke: () => invitation !== undefined && may(baseRoles[invitation.base]) && done(() => this.#close(invitation)),
      accept: () => invitation !== undefined && this.#mayAccept(invitation) && done(() => this.members.push({ base: this.#close(invitation), roles: new Set() })),
      makeRole: () => may(operation) && done(() => this.roles.push({ permissions: operation.permissions })),
      editRole: () => may({ permissions: [...role.permissions, ...operation.permissions] }) && done(() => (role.permissions = operation.permissions)),
      deleteRole: () => role !== other && may(role, other) && done(() => this.#replace(role, other)),
      give: () => may({ rank: baseRoles[target.base].rank, permissions: allOf(difference(target.roles, chosen)) }) && done(() => (target.roles = chosen)),
      makeTeam: () => may({ permissions: wanted }) && done(() => this.teams.push({ roles: chosen, members: new Set() })),
      changeTeam: () => may({ permissions: [...held, ...wanted] }) && done(() => (team.roles = chosen)),
      join: () => may({ permissions: held }) && done(() => team.members.add(target)),
      part: () => may({ permissions: held }) && done(() => team.members.delete(target)),
      remove: () => actor !== target && may(this.permissionsOf(target)) && done(() => this.members.splice(this.members.indexOf(target), 1)),
      key: () => may(operation) && done(() => this.keys.push({ personal: operation.other % 2 === 0, granter: actor, permissions: operation.permissions })),
      rotate: () => key !== undefined && !key.personal && may(key) && done(() => (key.granter = actor)),
      editKey: () =>
        key !== undefined &&
        (!key.personal || key.granter === actor) &&
        may({ permissions: [...key.permissions, ...operation.permissions] }) &&
        done(() => (key.permissions = operation.permissions)),
    };
    return steps[operation.kind]();
  }

  invitationOf({ target }: Operation): Invitation | undefined {
    return this.invitations[target % Math.max(1, this.invitations.length)];
  }

  #mayAccept({ base, granter }: Invitation): boolean {
    return this.unguarded === 'accept' || beyondCeiling(this.holderOf(granter), baseRoles[base]).length === 0;
  }

  #close(invitation: Invitation): Invitation['base'] {
    this.invitations.splice(this.invitations.indexOf(invitation), 1);
    return invitation.base;
  }

  #replace(role: CustomRole, other: CustomRole): void {
    for (const { roles } of [...this.members, ...this.teams]) if (roles.delete(role)) roles.add(other);
    this.roles.splice(this.roles.indexOf(role), 1);
  }
}

function done(change: () => unknown): true {
  change();
  return true;
}

const nothing: PermissionHolder = { rank: -1, permissions: new Set() };

/** Expects that nobody has gained a permission that the actor lacked, and that the actor has gained none. */
function expectWithin(before: Map<Member | Key, PermissionHolder>, after: Map<Member | Key, PermissionHolder>, actor: Member): void {
  const giver = before.get(actor) ?? nothing;
  for (const [who, { rank, permissions: now }] of after) {
    const had = before.get(who) ?? nothing;
    const gained = [...now].filter((permission) => !had.permissions.has(permission));
    expect(gained.filter((permission) => who === actor || !giver.permissions.has(permission))).toEqual([]);
    if (rank > had.rank) expect(rank).toBeLessThanOrEqual(who === actor ? had.rank : giver.rank);
  }
}

/** Performs the operations and checks each one. @returns the number of allowed operations of each kind */
function performAll(organization: Organization, list: readonly Operation[]): Map<Kind, number> {
  const allowed = new Map<Kind, number>();
  for (const operation of list) {
    const actor = pick(organization.members, operation.actor);
    // The granter of an accepted invitation gives its role, with the permissions that they have at that moment.
    const giver = operation.kind === 'accept' ? (organization.invitationOf(operation)?.granter ?? actor) : actor;
    const before = organization.allPermissions();
    if (!organization.perform(operation, actor)) continue;
    allowed.set(operation.kind, (allowed.get(operation.kind) ?? 0) + 1);
    expectWithin(before, organization.allPermissions(), giver);
  }
  return allowed;
}

describe('random operations of members under the ceiling', () => {
  it('never give anybody a permission that the actor or the granter lacks at that moment, and never give the actor a new permission', () => {
    const allowed = new Set<Kind>();
    fc.assert(
      fc.property(operations, (list) => {
        for (const kind of performAll(new Organization(), list).keys()) allowed.add(kind);
      }),
      { numRuns: 500 },
    );
    expect([...allowed].toSorted()).toEqual([...kinds].toSorted());
  });

  // Proves that the model can fail: each of these operations violates the property when it does not check the ceiling.
  it.each(['base', 'accept', 'editRole', 'deleteRole', 'give', 'changeTeam', 'join', 'key'] as const)('a missing check of the ceiling in "%s" is detected', (kind) => {
    const found = fc.check(
      fc.property(operations, (list) => void performAll(new Organization(kind), list)),
      { numRuns: 2000, endOnFailure: true },
    );
    expect(String(found.errorInstance)).toMatch(/toEqual|toBeLessThanOrEqual/);
  });
});
