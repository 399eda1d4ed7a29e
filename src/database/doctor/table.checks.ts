import type { SchemaFacts, ForeignKey, Relation } from './schema-facts.js';
import type { Finding } from './finding.js';
import { globalTables, type GlobalTable } from './global-tables.js';
import { auditTables } from './audit-tables.js';

/** Privileges that no application role needs, and that row security and foreign keys do not limit. */
const excessive = ['truncate', 'references', 'trigger', 'maintain'];

export const isTable = ({ kind }: Relation): boolean => kind === 'table' || kind === 'partitioned table';
/** A partition that the application cannot name needs no policies, because those of its parent apply. */
export const isRevokedPartition = ({ partition, privileges }: Relation): boolean => partition && privileges.length === 0;

const protect = ({ name, tenantOwned }: Relation): string => `select app.protect_${tenantOwned ? 'tenant' : 'global'}_table('${name}');`;

/** The check for tables without organization_id that no reason is declared for. */
export const unknownTable = 'unknown_table';

/** Checks that tables are protected, and that the application has only the privileges that it needs. */
export function checkTables({ relations, foreignKeys }: SchemaFacts): Finding[] {
  return relations.flatMap((relation) => [
    ...checkExcess(relation),
    ...(isTable(relation) && !isRevokedPartition(relation)
      ? [...checkRowSecurity(relation), ...(relation.name in auditTables ? [] : relation.tenantOwned ? checkOwned(relation, foreignKeys) : checkGlobal(relation))]
      : []),
  ]);
}

function checkExcess({ name, privileges }: Relation): Finding[] {
  const found = privileges.filter((privilege) => excessive.includes(privilege));
  if (found.length === 0) return [];
  const rights = found.join(', ');
  return [
    {
      check: 'excess_privileges',
      object: name,
      message: `The application role may ${rights} it.`,
      fix: `revoke ${rights} on ${name} from public, tenantry_app, and from its login role;`,
    },
  ];
}

function checkRowSecurity(relation: Relation): Finding[] {
  const { name, rowSecurity, forced } = relation;
  if ((rowSecurity && forced) || globalTables[name]?.rowSecurity === false) return [];
  return [{ check: 'row_security', object: name, message: `Row security is ${rowSecurity ? 'not forced: it does not apply to the owner' : 'disabled'}.`, fix: protect(relation) }];
}

function checkOwned({ name, indexed }: Relation, foreignKeys: readonly ForeignKey[]): Finding[] {
  const findings: Finding[] = [];
  if (!indexed) {
    findings.push({
      check: 'tenant_index',
      object: name,
      message: "No valid index starts with organization_id: every query of a tenant reads all tenants' rows.",
      fix: `create index on ${name} (organization_id);`,
    });
  }
  if (!foreignKeys.some((key) => key.from === name && key.to === 'public.organizations' && key.carriesTenant && key.enforced)) {
    findings.push({
      check: 'tenant_reference',
      object: name,
      message: 'No foreign key references organizations by organization_id: rows outlive their tenant.',
      fix: `alter table ${name} add foreign key (organization_id) references organizations (id) on delete cascade;`,
    });
  }
  return findings;
}

function checkGlobal(relation: Relation): Finding[] {
  const known = globalTables[relation.name];
  if (known === undefined) {
    return [
      {
        check: unknownTable,
        object: relation.name,
        message: 'It has no organization_id, and no reason is declared.',
        fix: 'Add organization_id; or, if its rows belong to no tenant, list it in src/database/doctor/global-tables.ts with the reason.',
      },
    ];
  }
  return checkGranted(relation, known);
}

function checkGranted({ name, privileges, columnPrivileges }: Relation, { granted = {} }: GlobalTable): Finding[] {
  const isGranted = (privilege: string, column: string): boolean => granted[privilege] === '*' || granted[privilege]?.includes(column) === true;
  const columns = columnPrivileges.filter((grant) => !excessive.includes(grant.split(' ')[0] as string) && !isGranted(...(grant.split(' ') as [string, string])));
  const whole = privileges.filter((privilege) => !excessive.includes(privilege) && !(privilege in granted) && !columns.some((grant) => grant.startsWith(`${privilege} `)));
  if (columns.length + whole.length === 0) return [];
  const rights = [...whole, ...columns].join(', ');
  return [
    {
      check: 'global_privileges',
      object: name,
      message: `It belongs to no tenant, and the application role may: ${rights}.`,
      fix: `revoke those rights on ${name} from public, tenantry_app, and from its login role.`,
    },
  ];
}
