// The files of a resource. Each function returns a file as it will be; `r` has the names of the resource (names.mjs), `fields` its fields (fields.mjs).
import { capital, columnOf, wordsOf } from './names.mjs';

const isRequired = ({ optional, hasDefault }) => !optional && hasDefault !== true;
const quoted = (text) => `'${text.replaceAll("'", String.raw`\'`)}'`;
const literal = (value) =>
  typeof value === 'string' ? quoted(value) : typeof value === 'number' ? String(value).replace(/\B(?=(\d{3})+$)/g, value > 9999 ? '_' : '') : JSON.stringify(value);
const lines = (items, of) => items.map(of).join('\n');

/** The field by which lists are searched, and, with the time, sorted. A cursor holds a time for a field whose name ends so. */
const titleOf = (fields) => fields.find(({ name, kind, optional }) => kind === 'string' && !optional && !/(At|Date)$/.test(name));
/** The fields by whose values lists are filtered. */
const filtersOf = (fields) => fields.filter(({ choices, target, kind }) => choices !== undefined || target !== undefined || kind === 'boolean');
/** The constant that has the values of an enum. */
const choicesOf = ({ name }) => `${name}Choices`;
/** The schemas of the enums in the contract. */
export const enumsOf = (r, fields) => fields.filter(({ choices }) => choices !== undefined).map(({ name }) => `${r.Name}${capital(name)}`);
const referencesOf = (fields) => fields.filter(({ target }) => target !== undefined);
/** The references whose targets the tests create: a body has the required ones, and one test tries a reference to another organization. */
export const createdInTests = (fields) => referencesOf(fields).filter((field, index) => index === 0 || isRequired(field));

/** Rows of a model, as `prisma format` aligns them. */
function aligned(rows) {
  const width = (column) => Math.max(...rows.map((row) => row[column].length));
  return lines(rows, ([name, type, rest]) => `  ${name.padEnd(width(0))} ${type.padEnd(width(1))} ${rest}`.trimEnd());
}

/** The type of the rows, as it is imported. */
const rowOf = ({ Name, Row }) => (Row === Name ? Name : `${Name} as ${Row}`);

/** Whether a file imports something else that is called like the type of the rows. */
export const isImportedTwice = (text, { Name }) => (text.match(new RegExp(`^import .*\\b${Name}\\b[,} ].*$`, 'gm')) ?? []).length > 1;

export function modelFile(r, fields) {
  const column = ({ name, column: type, optional, attributes = '' }) => [
    name,
    `${type}${optional ? '?' : ''}`,
    `${columnOf(name) === name ? '' : `@map("${columnOf(name)}") `}${attributes}`,
  ];
  // A row to which others must refer cannot be deleted before them. NoAction is checked at the end of the statement, so that an organization can be erased.
  const relation = ({ name, relation: as, target, optional }) => [
    as,
    `${target.model}${optional ? '?' : ''}`,
    `@relation("${r.Name}_${as}", fields: [organizationId, ${name}], references: [organizationId, ${target.key}], onDelete: ${optional ? 'SetNull' : 'NoAction'}, onUpdate: Restrict)`,
  ];
  const columns = aligned([
    ['organizationId', 'String', '@default(dbgenerated("app.current_organization_id()")) @map("organization_id") @db.Uuid'],
    ['id', 'String', '@default(uuid(7)) @db.Uuid'],
    ...fields.map(column),
    ['createdAt', 'DateTime', '@default(now()) @map("created_at") @db.Timestamptz(3)'],
    ['updatedAt', 'DateTime', '@default(now()) @updatedAt @map("updated_at") @db.Timestamptz(3)'],
  ]);
  const relations = aligned([
    ['organization', 'Organization', '@relation(fields: [organizationId], references: [id], onDelete: Cascade, onUpdate: Restrict)'],
    ...referencesOf(fields).map(relation),
    ...backReferences(r, fields)
      .filter(({ model }) => model === r.Name)
      .map(({ line }) => /^(\S+) (\S+) (.*)$/.exec(line).slice(1)),
  ]);
  return `model ${r.Name} {
${columns}

${relations}

  @@id([organizationId, id])
  @@index([organizationId, createdAt])
${referencesOf(fields)
  .map(({ name }) => `  @@index([organizationId, ${name}])\n`)
  .join('')}  @@map("${r.table}")
}
`;
}

/** The lists that Prisma wants in the models to which the new one refers. */
export const backReferences = (r, fields) => [
  { model: 'Organization', line: `${r.names} ${r.Name}[]` },
  ...referencesOf(fields).map(({ relation, target }) => ({ model: target.model, line: `${relation}${r.Names} ${r.Name}[] @relation("${r.Name}_${relation}")` })),
];

/** Check constraints, which Prisma cannot express; undefined if there are none. */
export function checksFile(r, fields) {
  const checks = fields.flatMap(({ name, kind, choices }) => {
    const column = columnOf(name);
    const constraint = `  add constraint ${r.table}_${column}_check`;
    if (choices !== undefined) return [`${constraint} check ("${column}" in (${choices.map((choice) => `'${choice}'`).join(', ')}))`];
    if (kind === 'string' || kind === 'text') return [`${constraint} check ("${column}" <> '')`];
    if (kind === 'int:minor') return [`${constraint} check ("${column}" between 0 and 9007199254740991)`];
    return kind === 'currency' ? [`${constraint} check ("${column}" ~ '^[A-Z]{3}$')`] : [];
  });
  if (checks.length === 0) return undefined;
  return `-- Checks of ${r.table}.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.${r.table}
${checks.join(',\n')};
`;
}

export const resourceFile = (r) => `import type { Resource } from '../../config/resource.js';

export const ${r.names}: Resource = {
  tag: { name: '${r.path}', description: 'The ${r.pluralWords} of an organization.' },
  permissions: {
    '${r.table}:read': 'View ${r.pluralWords}',
    '${r.table}:write': 'Create, update and delete ${r.pluralWords}',
  },
  module: async () => (await import('./${r.path}.module.js')).${r.Names}Module,
};
`;

export const moduleFile = (r) => `import { Module } from '@nestjs/common';
import { ${r.Names}Controller } from './${r.path}.controller.js';
import { ${r.Names}Service } from './${r.path}.service.js';

@Module({ controllers: [${r.Names}Controller], providers: [${r.Names}Service] })
export class ${r.Names}Module {}
`;

/** Says what a field is, for the contract. Replace it where you know better. */
function describe(r, { name, described, description, unit, kind }) {
  if (described !== undefined || description !== undefined) return described ?? description;
  const words = wordsOf(name);
  if (kind === 'boolean') return `Whether the ${r.words} ${/^(is|was|has|can|may|must) /.test(words) ? '' : 'is '}${words}`;
  // sentAt, shippedOn, expiresAt, due
  const [, event] = (kind?.startsWith('date') && /^(due|.+(?= (?:at|on)$))/.exec(words)) || [];
  if (event !== undefined && !/\b(start|begin|end)$/.test(event))
    return `The ${kind === 'date' ? 'day on' : 'time at'} which the ${r.words} ${/[^s]s$/.test(event) ? '' : 'is '}${event}`;
  return `The ${event ?? words} of the ${r.words}${unit === undefined ? '' : `, ${unit}`}`;
}

export function dtoFile(r, fields) {
  const title = titleOf(fields);
  const filters = filtersOf(fields);
  const decorated = (field, { optional = false, nullable = false, shown = true }) => {
    const { name, type, decorator, choices, options = [], example, target } = field;
    const description = describe(r, field);
    const given = [
      ...(optional ? ['optional: true'] : []),
      ...(nullable ? ['nullable: true'] : []),
      ...options,
      `description: ${quoted(nullable ? `${description}; null for none` : description)}`,
      ...(shown && choices === undefined && target === undefined ? [`example: ${literal(example({ name }.name))}`] : []),
    ];
    const args = [...(choices === undefined ? [] : [choicesOf(field)]), `{ ${given.join(', ')} }`];
    return `  @${decorator}(${args.join(', ')})\n  ${name}${optional ? '?' : '!'}: ${type}${nullable ? ' | null' : ''};\n`;
  };
  const filter = (field) =>
    field.kind === 'boolean'
      ? `  @BooleanQueryField({ optional: true, description: 'Only ${r.pluralWords} with this value of \`${field.name}\`' })\n  ${field.name}?: boolean;\n`
      : decorated({ ...field, described: `Only ${r.pluralWords} with this value of \`${field.name}\`` }, { optional: true, shown: false });
  const search = title === undefined ? '' : `  @SearchField('Only ${r.pluralWords} whose ${wordsOf(title.name)}')\n  search?: string;\n`;
  const decorators = new Set([
    'UuidField',
    'TimeField',
    ...fields.map(({ decorator }) => decorator),
    ...(filters.some(({ kind }) => kind === 'boolean') ? ['BooleanQueryField'] : []),
  ]);
  const read = ({ name, optional, read: convert }) => (convert === undefined ? name : `${name}: ${optional ? `row.${name} === null ? null : ` : ''}${convert(`row.${name}`)}`);
  const body = [...filters.map(filter), ...(search === '' ? [] : [search])].join('\n');
  // The filter and the bodies have one type in generated clients.
  const enums = fields.filter(({ choices }) => choices !== undefined);
  const constants = enumsOf(r, enums)
    .map((schema, index) => `const ${choicesOf(enums[index])} = choices('${schema}', [${enums[index].choices.map(quoted).join(', ')}]);\n`)
    .join('');
  const plain = fields.filter(({ read: convert }) => convert === undefined).map(({ name }) => name);
  const converted = fields.filter(({ read: convert }) => convert !== undefined);
  const mapping =
    converted.length === 0
      ? `export function to${r.Name}Dto({ id, ${plain.join(', ')}, createdAt, updatedAt }: ${r.Row}): ${r.Name}Dto {
  return { id, ${plain.join(', ')}, createdAt, updatedAt };
}`
      : `export function to${r.Name}Dto(row: ${r.Row}): ${r.Name}Dto {
  const { id, ${[...plain, ''].join(', ')} createdAt, updatedAt } = row;
  return { id, ${[...plain, ''].join(', ')} ${converted.map(read).join(', ')}, createdAt, updatedAt };
}`;
  return `import { ${[...decorators, ...(enums.length === 0 ? [] : ['choices'])].sort((one, other) => one.localeCompare(other)).join(', ')} } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
${title === undefined ? '' : `import { SearchField } from '../../common/http/pages/text-search.js';\n`}import type { ${rowOf(r)} } from '../../generated/prisma/client.js';
${constants === '' ? '' : `\n${constants}`}
export class List${r.Names}Query extends pageQuery(['createdAt'${title === undefined ? '' : `, '${title.name}'`}]) {
${body}}

export class Create${r.Name}Dto {
${lines(fields, (field) => decorated(field, { optional: !isRequired(field), nullable: field.optional }))}}

export class Update${r.Name}Dto {
${lines(fields, (field) => decorated(field, { optional: true, nullable: field.optional }))}}

export class ${r.Name}Dto {
  @UuidField({ description: 'The id of the ${r.words}' })
  id!: string;

${lines(fields, (field) => decorated(field, { nullable: field.optional, shown: false }))}
  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class ${r.Name}PageDto extends pageOf(${r.Name}Dto) {}

${mapping}
`;
}

export function serviceFile(r, fields) {
  const references = referencesOf(fields).map(({ name }) => quoted(name));
  const title = titleOf(fields);
  const filters = filtersOf(fields).map(({ name }) => name);
  const converted = fields.filter(({ write }) => write !== undefined);
  const nothing = (kind) => (kind === 'json' ? 'Prisma.DbNull' : 'null');
  const written = (field, required) => {
    const { name, kind, optional, write } = field;
    const value = optional ? `${name} === null ? ${nothing(kind)} : ${write(name)}` : write(name);
    return required && isRequired(field) ? `${name}: ${value}` : `...(${name} === undefined ? {} : { ${name}: ${value} })`;
  };
  const columns = (dto, required) => `function columnsOf${required ? 'New' : 'Changed'}({ ${converted.map(({ name }) => name).join(', ')}, ...rest }: ${dto}) {
  return { ...rest, ${converted.map((field) => written(field, required)).join(', ')} };
}`;
  const [created, changed] = converted.length === 0 ? ['{ ...data }', '{ ...data }'] : ['columnsOfNew(data)', 'columnsOfChanged(data)'];
  const write = (statement) => (references.length === 0 ? statement : `writeReferences([${references.join(', ')}], ${statement})`);
  const throws = (...errors) => `/** @throws {${[...errors, ...(references.length === 0 ? [] : ['ReferenceNotFoundError'])].join(' | ')}} */`;
  const filterNames = [...filters, ...(title === undefined ? [] : ['search'])];
  const conditions = [
    ...filters.map((name) => `...(${name} === undefined ? {} : { ${name} })`),
    ...(title === undefined ? [] : [`...(search === undefined ? {} : { ${title.name}: containsText(search) })`]),
  ];
  return `import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
${title === undefined ? '' : "import { containsText } from '../../common/http/pages/text-search.js';\n"}${converted.some(({ kind }) => kind?.startsWith('date')) ? "import { readTime } from '../../common/times.js';\n" : ''}import { deleteUnreferenced${references.length === 0 ? '' : ', writeReferences'} } from '../../database/references.js';
import { TenantDb } from '../../database/tenant-db.js';
import ${converted.some(({ kind, optional }) => kind === 'json' && optional) ? `{ Prisma, type ${rowOf(r)} }` : `type { ${converted.some(({ kind }) => kind === 'json') ? 'Prisma, ' : ''}${rowOf(r)} }`} from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { EmitsEvents } from '../events/event-source.js';
import { ${r.Name}Dto, to${r.Name}Dto, type Create${r.Name}Dto, type List${r.Names}Query, type Update${r.Name}Dto } from './${r.path}.dto.js';

/** Manages the ${r.pluralWords} of an organization. The tenant client adds the organization to every query. */
@Injectable()
@EmitsEvents({ name: '${r.words.replaceAll(' ', '_')}', model: '${r.Name}', permission: '${r.table}:read', dto: ${r.Name}Dto, toDto: to${r.Name}Dto })
export class ${r.Names}Service {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
  ) {}

  async list${r.Names}(request: List${r.Names}Query): Promise<Page<${r.Name}Dto>> {
${filterNames.length === 0 ? '    const filter = {};' : `    const { ${filterNames.join(', ')} } = request;\n    const filter = ${conditions.length === 1 ? conditions[0].slice('...('.length, -1) : `{ ${conditions.join(', ')} }`};`}
    const page = await this.pages.list(request, {
      scope: \`${r.path} \${this.context.organizationId}\`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.${r.name}.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.${r.name}.count({ where: filter }),
    });
    return mapPage(page, to${r.Name}Dto);
  }

${references.length === 0 ? '' : `  ${throws()}\n`}  async create${r.Name}(data: Create${r.Name}Dto): Promise<${r.Row}> {
    const [${r.name}] = await ${write(`this.db.${r.name}.createManyAndReturn({ data: ${created} })`)};
    if (${r.name} === undefined) throw new NotFoundError();
    return ${r.name};
  }

  /** @throws {NotFoundError} */
  async get${r.Name}(id: string): Promise<${r.Row}> {
    const ${r.name} = await this.db.${r.name}.findFirst({ where: { id } });
    if (${r.name} === null) throw new NotFoundError();
    return ${r.name};
  }

  ${throws('NotFoundError')}
  async update${r.Name}(id: string, data: Update${r.Name}Dto): Promise<${r.Row}> {
    const [${r.name}] = await ${write(`this.db.${r.name}.updateManyAndReturn({ where: { id }, data: ${changed} })`)};
    if (${r.name} === undefined) throw new NotFoundError();
    return ${r.name};
  }

  /** @throws {NotFoundError | StillReferencedError} */
  async delete${r.Name}(id: string): Promise<void> {
    const { count } = await deleteUnreferenced(this.db.${r.name}.deleteMany({ where: { id } }));
    if (count === 0) throw new NotFoundError();
  }
}
${converted.length === 0 ? '' : `\n${columns(`Create${r.Name}Dto`, true)}\n\n${columns(`Update${r.Name}Dto`, false)}\n`}`;
}

export const controllerFile = (r, meter) => `import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AllowedWhileImpersonating, RequirePermission } from '../../access/access.decorators.js';
${meter === undefined ? '' : `import { ConsumesQuota${meter.kind === 'gauge' ? ', ReleasesQuota' : ''} } from '../../access/consumes-quota.js';\n`}import { IdParam } from '../../common/http/id-param.decorator.js';
import { Create${r.Name}Dto, List${r.Names}Query, ${r.Name}Dto, ${r.Name}PageDto, to${r.Name}Dto, Update${r.Name}Dto } from './${r.path}.dto.js';
import { ${r.Names}Service } from './${r.path}.service.js';

@ApiTags('${r.path}')
@Controller('organizations/:organizationId/${r.path}')
export class ${r.Names}Controller {
  constructor(private readonly ${r.names}: ${r.Names}Service) {}

  @Get()
  @RequirePermission('${r.table}:read')
  @ApiOperation({ summary: 'List ${r.pluralWords}', description: 'Returns the ${r.pluralWords} of the organization, newest first.' })
  @ApiOkResponse({ type: ${r.Name}PageDto })
  list${r.Names}(@Query() query: List${r.Names}Query): Promise<${r.Name}PageDto> {
    return this.${r.names}.list${r.Names}(query);
  }

  @Post()
  @RequirePermission('${r.table}:write')
  @AllowedWhileImpersonating()
${meter === undefined ? '' : `  @ConsumesQuota('${meter.key}')\n`}  @ApiOperation({ summary: 'Create ${r.aWord}', description: 'Creates ${r.aWord} of the organization.' })
  @ApiCreatedResponse({ type: ${r.Name}Dto })
  async create${r.Name}(
    @IdParam('organizationId') organizationId: string,
    @Body() body: Create${r.Name}Dto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<${r.Name}Dto> {
    const ${r.name} = await this.${r.names}.create${r.Name}(body);
    reply.header('location', \`/api/v1/organizations/\${organizationId}/${r.path}/\${${r.name}.id}\`);
    return to${r.Name}Dto(${r.name});
  }

  @Get(':${r.name}Id')
  @RequirePermission('${r.table}:read')
  @ApiOperation({ summary: 'Retrieve ${r.aWord}', description: 'Returns ${r.aWord} of the organization, with its version in the ETag.' })
  @ApiOkResponse({ type: ${r.Name}Dto })
  async get${r.Name}(@IdParam('${r.name}Id') id: string): Promise<${r.Name}Dto> {
    return to${r.Name}Dto(await this.${r.names}.get${r.Name}(id));
  }

  @Patch(':${r.name}Id')
  @RequirePermission('${r.table}:write')
  @AllowedWhileImpersonating()
  @ApiOperation({ summary: 'Update ${r.aWord}', description: 'The body is a JSON merge patch.' })
  @ApiOkResponse({ type: ${r.Name}Dto })
  async update${r.Name}(@IdParam('${r.name}Id') id: string, @Body() body: Update${r.Name}Dto): Promise<${r.Name}Dto> {
    return to${r.Name}Dto(await this.${r.names}.update${r.Name}(id, body));
  }

  @Delete(':${r.name}Id')
  @RequirePermission('${r.table}:write')
  @AllowedWhileImpersonating()
${meter?.kind === 'gauge' ? `  @ReleasesQuota('${meter.key}')\n` : ''}  @HttpCode(204)
  @ApiOperation({ summary: 'Delete ${r.aWord}', description: 'Deletes ${r.aWord}. It cannot be restored.' })
  @ApiNoContentResponse()
  async delete${r.Name}(@IdParam('${r.name}Id') id: string): Promise<void> {
    await this.${r.names}.delete${r.Name}(id);
  }
}
`;

/** How a test has the id of something to which a field refers. */
export const referTo = ({ model, key, isItself }, person) =>
  key === 'userId' ? `${person}.userId` : isItself === true ? `(await create(${person})).body.id` : `await create${model}(${person})`;

/** A function of a test that creates something to which a field refers. */
export const creationOf = ({ model, path }, body) =>
  `const create${model} = async (person: Person): Promise<string> => (await person.api.post(\`\${person.home}/${path}\`, ${body})).body.id;`;

/** @param creations functions that create what the fields refer to */
export function specFile(r, fields, creations) {
  const changing = fields.find(
    ({ optional, hasDefault, other, choices, example }) =>
      !optional && hasDefault !== true && other !== undefined && (choices === undefined || choices.length > 1) && other !== example(''),
  );
  const { name: changed, other } = changing ?? fields.find(({ other: another }) => another !== undefined);
  const body = fields
    .filter(isRequired)
    .map(({ name, example, target }) => `${name}: ${target === undefined ? literal(example(name)) : referTo(target, 'person')}`)
    .join(', ');
  const needsPerson = referencesOf(fields).some(isRequired);
  const given = (argument) => (needsPerson ? argument : '');
  const reference = referencesOf(fields)[0];
  return `import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

let server: TestServer;
let a: Person;
let b: Person;
beforeAll(async () => {
  server = await startTestServer();
  [a, b] = await server.world.twoTenants();
});
afterAll(() => server.close());

${creations.join('\n')}
const bodyFor = async (${given('person: Person')}) => ({ ${body} });
const create = async (person: Person) => person.api.post(\`\${person.home}/${r.path}\`, await bodyFor(${given('person')}));

describe('${r.pluralWords}', () => {
  it('${r.aWord} is created, listed, read, updated and deleted', async () => {
    const body = await bodyFor(${given('a')});
    const made = await a.api.post(\`\${a.home}/${r.path}\`, body);
    expect(made).toMatchObject({ status: 201, body });
    const path = \`\${a.home}/${r.path}/\${made.body.id}\`;
    expect(made.headers.get('location')).toBe(\`/api/v1\${path}\`);
    expect((await a.api.get(\`\${a.home}/${r.path}?count=true\`)).body).toMatchObject({ data: [made.body], total: 1 });
    expect(await a.api.patch(path, { ${changed}: ${literal(other)} })).toMatchObject({ status: 200, body: { ...body, ${changed}: ${literal(other)} } });
    expect((await a.api.delete(path)).status).toBe(204);
    expect((await a.api.get(path)).status).toBe(404);
  });

  it('${r.aWord} that has changed since it was read is neither updated nor deleted', async () => {
    const { body, headers } = await create(a);
    const path = \`\${a.home}/${r.path}/\${body.id}\`;
    const read = a.api.with({ 'if-match': headers.get('etag') ?? '' });
    const updated = await read.patch(path, { ${changed}: ${literal(other)} });
    expect(updated.status).toBe(200);
    expect(await read.patch(path, { ${changed}: ${literal(other)} })).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    expect((await read.delete(path)).status).toBe(412);
    expect((await a.api.with({ 'if-match': updated.headers.get('etag') ?? '' }).delete(path)).status).toBe(204);
  });
${
  reference === undefined
    ? ''
    : `
  it('${r.aWord} refers only to what its organization has', async () => {
    const path = \`\${a.home}/${r.path}\`;
    for (const ${reference.name} of [${referTo(reference.target, 'b')}, randomUUID()])
      expect(await a.api.post(path, { ...(await bodyFor(${given('a')})), ${reference.name} })).toMatchObject({ status: 422, body: { code: 'reference_not_found', errors: [{ pointer: '/${reference.name}' }] } });
  });
`
}
  it('${r.pluralWords} of another organization are not found and not listed', async () => {
    const { body } = await create(b);
    const path = \`\${a.home}/${r.path}/\${body.id}\`;
    for (const answer of [await a.api.get(path), await a.api.patch(path, { ${changed}: ${literal(other)} }), await a.api.delete(path)])
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await a.api.get(\`\${a.home}/${r.path}\`)).body.data.map(({ id }: { id: string }) => id)).not.toContain(body.id);
    expect((await b.api.get(\`\${b.home}/${r.path}/\${body.id}\`)).body).toEqual(body);
    expect((await a.api.get(\`\${a.home}/${r.path}/\${randomUUID()}\`)).status).toBe(404);
  });
});
`;
}
