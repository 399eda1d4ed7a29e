import type { SchemaFacts, Policy, Relation } from './schema-facts.js';
import type { Finding } from './finding.js';
import { currentTenant, globalTables } from './global-tables.js';
import { auditTables } from './audit-tables.js';
import { isRevokedPartition, isTable } from './table.checks.js';

const ownedCondition = `(organization_id = ${currentTenant})`;

/** Checks that exactly one policy gives the application access to each table, for the tenant's rows only. */
export function checkPolicies({ relations, policies }: SchemaFacts): Finding[] {
  return relations
    .filter((relation) => isTable(relation) && !isRevokedPartition(relation) && !(relation.name in auditTables))
    .flatMap((relation) =>
      checkRelation(
        relation,
        policies.filter((policy) => policy.relation === relation.name),
      ),
    );
}

function checkRelation(relation: Relation, policies: readonly Policy[]): Finding[] {
  const condition = relation.tenantOwned ? ownedCondition : globalTables[relation.name]?.condition;
  const permissive = policies.filter((policy) => policy.permissive && policy.appliesToApp);
  return [...policies.flatMap(checkPublic), ...(condition === undefined ? checkNone(relation, permissive) : checkOne(relation, permissive, condition))];
}

function checkPublic({ name, relation, roles }: Policy): Finding[] {
  if (!roles.includes('public')) return [];
  return [
    {
      check: 'public_policy',
      object: `${name} on ${relation}`,
      message: 'The policy is for PUBLIC: it applies to every role.',
      fix: `alter policy ${name} on ${relation} to <one role>;`,
    },
  ];
}

/** A table that is not known at all is a finding of its own: `unknown_table`. */
const checkNone = ({ name }: Relation, permissive: readonly Policy[]): Finding[] => (name in globalTables ? permissive.map(unexpected) : []);

const unexpected = ({ name, relation }: Policy): Finding => ({
  check: 'unexpected_policy',
  object: `${name} on ${relation}`,
  message: 'The table belongs to no tenant, and a policy gives the application role access.',
  fix: `drop policy ${name} on ${relation};`,
});

function checkOne({ name, tenantOwned }: Relation, permissive: readonly Policy[], condition: string): Finding[] {
  const [policy, ...others] = permissive;
  const fix = tenantOwned ? `select app.protect_tenant_table('${name}');` : `Create it again as in prisma/functions/${name.replace('.', '/')}.sql.`;
  if (policy === undefined) return [{ check: 'tenant_policy', object: name, message: "No policy limits the application role to the tenant's rows.", fix }];
  if (others.length > 0) {
    const names = permissive.map((each) => each.name).join(', ');
    return [
      {
        check: 'tenant_policy',
        object: name,
        message: `Several permissive policies apply to the application role (${names}): a row has to satisfy only one of them.`,
        fix: `Drop all but the policy tenant. ${fix}`,
      },
    ];
  }
  const faults = faultsOf(policy, tenantOwned ? 'all' : undefined, condition);
  return faults.map((message) => ({ check: 'tenant_policy', object: `${policy.name} on ${name}`, message, fix }));
}

function faultsOf({ roles, command, using, check }: Policy, wanted: string | undefined, condition: string): string[] {
  const faults: string[] = [];
  if (roles.length !== 1 || roles[0] !== 'tenantry_app') faults.push(`It is for ${roles.join(', ')} instead of tenantry_app alone.`);
  if (wanted !== undefined && command !== wanted) faults.push(`It is for ${command} only: the other commands are not limited, or not allowed.`);
  if (using !== condition) faults.push(`Its condition is ${using ?? 'empty'} instead of ${condition}.`);
  if (command !== 'select' && check !== null && check !== condition) faults.push(`Its check of written rows is ${check} instead of ${condition}.`);
  return faults;
}
