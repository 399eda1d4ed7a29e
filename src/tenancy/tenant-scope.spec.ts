import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assertTenantSafe, type Args } from './model-kind.js';
import { ForeignTenantError, UnsafeTenantSchemaError, UnsupportedTenantQueryError } from './tenant-errors.js';
import type { FieldDescription, RelationField, TenantSchema } from './tenant-schema.js';
import { scopeOperation } from './tenant-scope.js';

const mine = '0192b8a0-0000-7000-8000-00000000000a';
const theirs = '0192b8a0-0000-7000-8000-00000000000b';

const scalar: FieldDescription = { kind: 'scalar' };
const uniqueScalar: FieldDescription = { kind: 'scalar', unique: true };
const relation = (model: string, name: string, list: boolean, foreignKey: string[] = [], references: string[] = []): RelationField => ({
  kind: 'relation',
  model,
  list,
  foreignKey,
  references,
  relation: name,
});

/** Organization 1-n Membership n-1 User; Organization 1-n Project 1-n Task; Project n-1 Membership. */
const schema: TenantSchema = {
  Organization: {
    table: 'organizations',
    compoundKeys: {},
    fields: { id: uniqueScalar, name: scalar, memberships: relation('Membership', 'om', true), projects: relation('Project', 'op', true), tasks: relation('Task', 'ot', true) },
  },
  User: { table: 'users', compoundKeys: {}, fields: { id: uniqueScalar, email: scalar, memberships: relation('Membership', 'mu', true) } },
  Membership: {
    table: 'memberships',
    compoundKeys: { organizationId_userId: ['organizationId', 'userId'] },
    fields: {
      organizationId: scalar,
      userId: scalar,
      role: scalar,
      organization: relation('Organization', 'om', false, ['organizationId'], ['id']),
      user: relation('User', 'mu', false, ['userId'], ['id']),
      projects: relation('Project', 'pm', true),
    },
  },
  Project: {
    table: 'projects',
    compoundKeys: { organizationId_id: ['organizationId', 'id'] },
    fields: {
      organizationId: scalar,
      id: scalar,
      name: scalar,
      assigneeId: scalar,
      organization: relation('Organization', 'op', false, ['organizationId'], ['id']),
      assignee: relation('Membership', 'pm', false, ['organizationId', 'assigneeId'], ['organizationId', 'userId']),
      tasks: relation('Task', 'pt', true),
    },
  },
  Task: {
    table: 'tasks',
    compoundKeys: { organizationId_id: ['organizationId', 'id'] },
    fields: {
      organizationId: scalar,
      id: scalar,
      title: scalar,
      projectId: scalar,
      organization: relation('Organization', 'ot', false, ['organizationId'], ['id']),
      project: relation('Project', 'pt', false, ['organizationId', 'projectId'], ['organizationId', 'id']),
    },
  },
};

const scope = (model: string, operation: string, args?: Args) => scopeOperation({ schema, organizationId: mine }, model, operation, args);
const own = { organizationId: mine };
const refused = (model: string, operation: string, args?: Args): void => expect(() => scope(model, operation, args)).toThrow(UnsupportedTenantQueryError);
const foreign = (model: string, operation: string, args?: Args): void => expect(() => scope(model, operation, args)).toThrow(ForeignTenantError);

describe('scopeOperation on reads', () => {
  it.each(['findFirst', 'findFirstOrThrow', 'findMany', 'count', 'aggregate', 'groupBy'])('%s adds the tenant to the condition of the caller', (operation) => {
    expect(scope('Project', operation).args).toEqual({ where: { AND: [{}, own] } });
    const where = { OR: [{}, { organizationId: theirs }], NOT: { name: 'x' } };
    expect(scope('Project', operation, { where }).args).toEqual({ where: { AND: [where, own] } });
  });

  it('findUnique becomes findFirst, and compound keys become single fields', () => {
    expect(scope('Project', 'findUnique', { where: { organizationId_id: { organizationId: theirs, id: 'p' }, name: 'n' } })).toEqual({
      operation: 'findFirst',
      args: { where: { AND: [{ AND: [{ organizationId: theirs, id: 'p' }, { name: 'n' }] }, own] } },
    });
    expect(scope('Project', 'findUniqueOrThrow', { where: { organizationId_id: { organizationId: mine, id: 'p' } } }).operation).toBe('findFirstOrThrow');
  });

  it('reads of Organization return only the current one', () => {
    expect(scope('Organization', 'findMany').args).toEqual({ where: { AND: [{}, { id: mine }] } });
  });

  it('a cursor whose key does not contain the current tenant is refused', () => {
    const cursor = { organizationId_id: { organizationId: mine, id: 'p' } };
    expect(scope('Project', 'findMany', { cursor }).args).toMatchObject({ cursor });
    foreign('Project', 'findMany', { cursor: { organizationId_id: { organizationId: theirs, id: 'p' } } });
    refused('Project', 'findMany', { cursor: { id: 'p' } });
    foreign('Organization', 'findMany', { cursor: { id: theirs } });
  });

  it('unknown arguments, fields and values are refused', () => {
    refused('Project', 'findMany', { wher: {} });
    refused('Project', 'findMany', { where: { nonsense: 1 } });
    refused('Project', 'findMany', { where: { organizationId: undefined } });
    refused('Project', 'findMany', { where: { OR: [{ id: undefined }] } });
    refused('Project', 'findMany', { where: [] as unknown as Args });
    refused('Project', 'findMany', { select: { nonsense: true } });
    refused('Project', 'findMany', { orderBy: { nonsense: 'asc' } });
    refused('Nonsense', 'findMany');
    refused('Project', 'findRaw');
    refused('Project', 'toString');
    refused('constructor', 'findMany');
  });

  it.each([undefined, null])('a condition that is %p is refused, wherever it is, because it would be true for every row', (where) => {
    for (const operation of [
      'findMany',
      'findFirst',
      'findUnique',
      'count',
      'aggregate',
      'groupBy',
      'updateMany',
      'updateManyAndReturn',
      'deleteMany',
      'update',
      'delete',
      'upsert',
    ])
      refused('Project', operation, { where, data: {}, create: {}, update: {} });
    for (const filter of ['some', 'none', 'every']) refused('Project', 'findMany', { where: { tasks: { [filter]: where } } });
    for (const args of [{ include: { tasks: { where } } }, { select: { _count: { select: { tasks: { where } } } } }]) refused('Project', 'findMany', args);
    for (const write of [{ deleteMany: where }, { updateMany: { where, data: {} } }]) refused('Project', 'update', { where: { id: 'p' }, data: { tasks: write } });
  });

  it.each(['select', 'include', 'orderBy', 'cursor', 'take', 'distinct'])('an undefined %s is refused, also of a selected list', (name) => {
    refused('Project', 'findMany', { [name]: undefined });
    refused('Project', 'findMany', { include: { tasks: { [name]: undefined } } });
  });

  it('an undefined relation of a condition or count is refused', () => {
    refused('Task', 'findMany', { where: { project: { is: undefined } } });
    refused('Project', 'findMany', { include: { _count: { select: { tasks: undefined } } } });
  });

  it('global models are refused', () => {
    refused('User', 'findMany');
    refused('User', 'update', { where: { id: 'u' }, data: { email: 'x' } });
  });
});

describe('scopeOperation on conditions through relations', () => {
  const where = (model: string, condition: Args): unknown => (scope(model, 'findMany', { where: condition }).args['where'] as { AND: unknown[] }).AND[0];

  it('a condition through a relation is confined at each tenant-owned model', () => {
    expect(where('Project', { tasks: { some: { title: 't' } } })).toEqual({ tasks: { some: { AND: [{ title: 't' }, own] } } });
    expect(where('Project', { tasks: { none: {} } })).toEqual({ tasks: { none: { AND: [{}, own] } } });
    expect(where('Project', { tasks: { every: { title: 't' } } })).toEqual({ tasks: { every: { OR: [{ title: 't' }, { NOT: own }] } } });
    expect(where('Task', { project: { name: 'n' } })).toEqual({ project: { AND: [{ name: 'n' }, own] } });
    expect(where('Task', { project: { is: { name: 'n' } } })).toEqual({ project: { is: { AND: [{ name: 'n' }, own] } } });
    expect(where('Project', { assignee: { isNot: null } })).toEqual({ assignee: { isNot: null } });
    expect(where('Project', { assignee: null })).toEqual({ assignee: null });
  });

  it('a condition through a global model is confined at the next tenant-owned model', () => {
    expect(where('Membership', { user: { is: { email: 'e', memberships: { some: { role: 'owner' } } } } })).toEqual({
      user: { is: { email: 'e', memberships: { some: { AND: [{ role: 'owner' }, own] } } } },
    });
  });

  it('a condition through a relation is confined inside AND, OR and NOT', () => {
    const deep = { OR: [{ NOT: [{ AND: { tasks: { some: {} } } }] }] };
    expect(where('Project', deep)).toEqual({ OR: [{ NOT: [{ AND: { tasks: { some: { AND: [{}, own] } } } }] }] });
  });

  it.each<[Args]>([[{ OR: [] }], [{ OR: [{}] }], [{ OR: [{ AND: [] }, { NOT: {} }, { name: {} }] }]])('%j is true for no row, wherever it is', (none) => {
    const never = { OR: [{ organizationId: { in: [] } }] };
    expect(scope('Project', 'findMany', { where: none }).args['where']).toEqual({ AND: [never, own] });
    expect(scope('Project', 'deleteMany', { where: { AND: [{ name: 'x' }, none] } }).args['where']).toEqual({ AND: [{ AND: [{ name: 'x' }, never] }, own] });
    expect(scope('Task', 'count', { where: { project: { is: none } } }).args['where']).toEqual({ AND: [{ project: { is: { AND: [never, own] } } }, own] });
    expect(scope('Membership', 'findMany', { where: { user: none } }).args['where']).toEqual({ AND: [{ user: { OR: [{ id: { in: [] } }] } }, own] });
  });

  it('an empty condition stays empty', () => {
    expect(scope('Project', 'findMany', { where: { tasks: { every: { AND: {} } } } }).args['where']).toEqual({ AND: [{ tasks: { every: { AND: {} } } }, own] });
    expect(scope('Task', 'findMany', { where: { project: {} } }).args['where']).toEqual({ AND: [{ project: {} }, own] });
  });

  it('unknown relation filters are refused', () => {
    refused('Project', 'findMany', { where: { tasks: { any: {} } } });
    refused('Task', 'findMany', { where: { project: { is: {}, maybe: {} } } });
  });
});

describe('scopeOperation on selections', () => {
  it('a selected list is confined at any depth, and a relation whose key includes the tenant stays as it is', () => {
    const { args } = scope('Membership', 'findMany', { include: { user: { select: { email: true, memberships: { include: { projects: true } } } }, organization: true } });
    expect(args['include']).toEqual({
      user: { select: { email: true, memberships: { where: { AND: [{}, own] }, include: { projects: { where: { AND: [{}, own] } } } } } },
      organization: true,
    });
  });

  it('a selected count of a list is confined', () => {
    expect(scope('Project', 'findMany', { include: { _count: true } }).args['include']).toEqual({ _count: { select: { tasks: { where: { AND: [{}, own] } } } } });
    expect(scope('Membership', 'findMany', { select: { user: { select: { _count: { select: { memberships: true } } } } } }).args['select']).toEqual({
      user: { select: { _count: { select: { memberships: { where: { AND: [{}, own] } } } } } },
    });
  });

  it('the selection of a write is confined', () => {
    for (const [operation, rest] of [
      ['update', { where: { id: 'p' }, data: {} }],
      ['create', { data: { name: 'n' } }],
      ['delete', { where: { id: 'p' } }],
      ['upsert', { where: { id: 'p' }, create: {}, update: {} }],
    ] as const) {
      expect(scope('Project', operation, { ...rest, include: { tasks: true } }).args['include']).toEqual({ tasks: { where: { AND: [{}, own] } } });
    }
  });

  it('an order that depends on other tenants is refused', () => {
    expect(scope('Project', 'findMany', { orderBy: [{ tasks: { _count: 'desc' } }, { assignee: { role: 'asc' } }] }).args).toHaveProperty('orderBy');
    refused('Membership', 'findMany', { orderBy: { user: { memberships: { _count: 'desc' } } } });
  });
});

describe('scopeOperation on writes', () => {
  it('a create gets the current organizationId, and another organizationId is refused instead of overwritten', () => {
    expect(scope('Project', 'create', { data: { name: 'n' } }).args).toEqual({ data: { name: 'n', ...own } });
    expect(scope('Project', 'createMany', { data: [{ name: 'n' }, { name: 'm', ...own }] }).args).toEqual({
      data: [
        { name: 'n', ...own },
        { name: 'm', ...own },
      ],
    });
    foreign('Project', 'create', { data: { name: 'n', organizationId: theirs } });
    foreign('Project', 'create', { data: { name: 'n', organizationId: undefined } });
    foreign('Project', 'createManyAndReturn', { data: [{ name: 'n' }, { name: 'm', organizationId: theirs }] });
    foreign('Project', 'upsert', { where: { id: 'p' }, create: { organizationId: theirs }, update: {} });
  });

  it('updates and deletes keep the unique key at the top and add the tenant', () => {
    expect(scope('Project', 'update', { where: { organizationId_id: { organizationId: theirs, id: 'p' }, AND: { name: 'x' } }, data: { name: 'n' } }).args['where']).toEqual({
      organizationId_id: { organizationId: theirs, id: 'p' },
      AND: [{ name: 'x' }, own],
    });
    expect(scope('Project', 'updateMany', { data: { name: 'n' } }).args).toEqual({ where: { AND: [{}, own] }, data: { name: 'n' } });
    expect(scope('Project', 'deleteMany').args).toEqual({ where: { AND: [{}, own] } });
  });

  it('an update cannot move a row to another tenant', () => {
    foreign('Project', 'update', { where: { id: 'p' }, data: { organizationId: theirs } });
    foreign('Project', 'updateMany', { data: { organizationId: { set: theirs } } });
    foreign('Organization', 'update', { where: { id: mine }, data: { id: theirs } });
    expect(scope('Project', 'updateMany', { data: own }).args['data']).toEqual({});
  });

  it('creating and deleting organizations is refused', () => {
    for (const operation of ['create', 'createMany', 'createManyAndReturn', 'upsert', 'delete', 'deleteMany']) refused('Organization', operation, { where: {}, data: {} });
  });

  it('a write through the side of a relation that has the key is refused', () => {
    refused('Task', 'create', { data: { title: 't', project: { connect: { id: 'p' } } } });
    refused('Project', 'create', { data: { name: 'n', organization: { connect: { id: mine } } } });
    refused('Membership', 'update', { where: {}, data: { user: { update: { email: 'stolen' } } } });
  });
});

describe('scopeOperation on nested writes', () => {
  const nested = (tasks: Args): unknown => (scope('Project', 'update', { where: { id: 'p' }, data: { tasks } }).args['data'] as { tasks: unknown }).tasks;

  it('nested writes are confined, and created rows get the organization from the row around them', () => {
    expect(nested({ create: [{ title: 't', ...own }] })).toEqual({ create: [{ title: 't' }] });
    expect(nested({ createMany: { data: [{ title: 't' }] } })).toEqual({ createMany: { data: [{ title: 't' }] } });
    expect(nested({ connect: { id: 't' } })).toEqual({ connect: { id: 't', AND: [own] } });
    expect(nested({ connectOrCreate: { where: { id: 't' }, create: { title: 't' } } })).toEqual({ connectOrCreate: { where: { id: 't', AND: [own] }, create: { title: 't' } } });
    expect(nested({ update: { where: { id: 't' }, data: { title: 'x' } } })).toEqual({ update: { where: { id: 't', AND: [own] }, data: { title: 'x' } } });
    expect(nested({ updateMany: { where: {}, data: { title: 'x' } } })).toEqual({ updateMany: { where: { AND: [{}, own] }, data: { title: 'x' } } });
    expect(nested({ upsert: { where: { id: 't' }, create: {}, update: {} } })).toEqual({ upsert: { where: { id: 't', AND: [own] }, create: {}, update: {} } });
    expect(nested({ delete: [{ id: 't' }] })).toEqual({ delete: [{ id: 't', AND: [own] }] });
    expect(nested({ deleteMany: {} })).toEqual({ deleteMany: { AND: [{}, own] } });
  });

  it('a nested write that would set organizationId to null is refused, and an unknown one', () => {
    for (const operation of ['disconnect', 'set', 'link']) refused('Project', 'update', { where: { id: 'p' }, data: { tasks: { [operation]: { id: 't' } } } });
  });

  it('a nested write with another organizationId is refused', () => {
    for (const tasks of [
      { create: { title: 't', organizationId: theirs } },
      { createMany: { data: [{ organizationId: theirs }] } },
      { update: { where: { id: 't' }, data: { organizationId: theirs } } },
    ]) {
      foreign('Project', 'update', { where: { id: 'p' }, data: { tasks } });
    }
    foreign('Organization', 'update', { where: { id: mine }, data: { projects: { create: { tasks: { create: { organizationId: theirs } } } } } });
  });
});

describe('scopeOperation on random conditions', () => {
  const leaf = fc.constantFrom<Args>(
    {},
    { name: 'x' },
    { organizationId: theirs },
    { organizationId_id: { organizationId: theirs, id: 'p' } },
    { tasks: { some: { organizationId: theirs } } },
    { assignee: null },
  );
  const tree = fc.letrec<{ node: Args }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.record({ OR: fc.array(tie('node'), { maxLength: 3 }) }),
      fc.record({ AND: tie('node') }),
      fc.record({ NOT: fc.array(tie('node'), { maxLength: 2 }) }),
    ),
  })).node;

  it('the tenant’s condition is added at the top level, and the caller’s arguments do not change', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom('findMany', 'updateMany', 'deleteMany', 'count'), (where, operation) => {
        const before = structuredClone(where);
        const { args } = scope('Project', operation, { where, ...(operation === 'updateMany' ? { data: {} } : {}) });
        expect((args['where'] as { AND: unknown[] }).AND).toHaveLength(2);
        expect((args['where'] as { AND: unknown[] }).AND[1]).toEqual(own);
        expect(where).toEqual(before);
      }),
    );
  });
});

describe('assertTenantSafe', () => {
  it('assertTenantSafe names each relation that could leave a tenant', () => {
    expect(() => assertTenantSafe(schema)).not.toThrow();
    const { Task: task, ...rest } = schema;
    const loose = { ...task, fields: { ...task?.fields, project: relation('Project', 'pt', false, ['projectId'], ['id']) } };
    expect(() => assertTenantSafe({ ...rest, Task: loose } as TenantSchema)).toThrow(UnsafeTenantSchemaError);
    expect(() => assertTenantSafe({ ...rest, Task: loose } as TenantSchema)).toThrow(/Task\.project/);
    const session = { table: 'sessions', compoundKeys: {}, fields: { id: scalar, organization: relation('Organization', 'so', false, ['activeId'], ['id']) } };
    expect(() => assertTenantSafe({ ...schema, Session: session })).toThrow(/Session\.organization/);
  });
});
