import type { Catalog, Policy, Relation } from './catalog.js';
import type { Finding } from './finding.js';
import { currentTenant, globalTables } from './global-tables.js';
import { journalTables } from './journal-tables.js';
import { isRevokedPartition, isTable } from './table.checks.js';

const ownedCondition = `(organization_id = ${currentTenant})`;

/** Does exactly one policy open each table to the application, for the tenant's rows and no others? */
export function checkPolicies({ relations, policies }: Catalog): Finding[] {
  return relations
    .filter((relation) => isTable(relation) && !isRevokedPartition(relation) && !(relation.name in journalTables))
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
  return [...policies.flatMap(checkPublic), ...(condition === undefined ? permissive.map(unexpected) : checkOne(relation, permissive, condition))];
}

function checkPublic({ name, relation, roles }: Policy): Finding[] {
  if (!roles.includes('public')) return [];
  return [
    {
      check: 'public_policy',
      object: `${name} on ${relation}`,
      message: 'The policy is to PUBLIC: every role has it.',
      cure: `alter policy ${name} on ${relation} to <one role>;`,
    },
  ];
}

const unexpected = ({ name, relation }: Policy): Finding => ({
  check: 'unexpected_policy',
  object: `${name} on ${relation}`,
  message: 'The table belongs to no tenant, and a policy opens it to the application role.',
  cure: `drop policy ${name} on ${relation};`,
});

function checkOne({ name, tenantOwned }: Relation, permissive: readonly Policy[], condition: string): Finding[] {
  const [policy, ...others] = permissive;
  const cure = tenantOwned ? `select app.protect_tenant_table('${name}');` : 'Make it anew, as the migration that made the table does.';
  if (policy === undefined) return [{ check: 'tenant_policy', object: name, message: 'No policy bounds the application role.', cure }];
  if (others.length > 0) {
    const names = permissive.map((each) => each.name).join(', ');
    return [
      {
        check: 'tenant_policy',
        object: name,
        message: `Several permissive policies apply to the application role (${names}): a row needs to pass one of them only.`,
        cure: `Drop all but the policy tenant. ${cure}`,
      },
    ];
  }
  const faults = faultsOf(policy, tenantOwned ? 'all' : undefined, condition);
  return faults.map((message) => ({ check: 'tenant_policy', object: `${policy.name} on ${name}`, message, cure }));
}

function faultsOf({ roles, command, using, check }: Policy, wanted: string | undefined, condition: string): string[] {
  const faults: string[] = [];
  if (roles.length !== 1 || roles[0] !== 'tenantry_app') faults.push(`It is to ${roles.join(', ')}, instead of tenantry_app alone.`);
  if (wanted !== undefined && command !== wanted) faults.push(`It is for ${command} only: the other commands are not bound, or not allowed.`);
  if (using !== condition) faults.push(`It lets through ${using ?? 'everything'}, instead of ${condition}.`);
  if (command !== 'select' && check !== null && check !== condition) faults.push(`It lets rows be written that satisfy ${check}, instead of ${condition}.`);
  return faults;
}
