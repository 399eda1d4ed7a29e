import type { SchemaFacts, Policy, Relation } from './schema-facts.js';
import type { Finding } from './finding.js';
import { auditCondition, auditTables } from './audit-tables.js';
import { isTable } from './table.checks.js';

/** Checks that every change is recorded, and that the application cannot change the record. */
export function checkAuditLog({ relations, policies }: SchemaFacts): Finding[] {
  return relations.flatMap((relation) => {
    if (!(relation.name in auditTables)) return checkWatched(relation);
    return [
      ...checkRights(relation),
      ...checkReading(
        relation,
        policies.filter((policy) => policy.relation === relation.name && policy.appliesToApp && policy.permissive),
      ),
    ];
  });
}

function checkWatched(relation: Relation): Finding[] {
  const { name, watched, partition } = relation;
  if (!isTable(relation) || watched || partition || !name.startsWith('public.') || name === 'public._prisma_migrations') return [];
  return [{ check: 'audit', object: name, message: 'Its changes are not recorded in the audit log.', fix: `select audit.watch('${name}');` }];
}

function checkRights({ name, privileges }: Relation): Finding[] {
  const allowed = auditTables[name]?.readable === true ? ['select'] : [];
  const excess = privileges.filter((privilege) => !allowed.includes(privilege));
  if (excess.length === 0) return [];
  return [
    {
      check: 'audit',
      object: name,
      message: `The application role may ${excess.join(', ')} the audit log.`,
      fix: `revoke ${excess.join(', ')} on ${name} from public, tenantry_app;`,
    },
  ];
}

function checkReading({ name }: Relation, policies: readonly Policy[]): Finding[] {
  const right = ({ roles, command, using }: Policy): boolean => roles.join() === 'tenantry_app' && command === 'select' && using === auditCondition;
  const wanted = auditTables[name]?.readable === true ? 1 : 0;
  if (policies.length === wanted && policies.every(right)) return [];
  const names = policies.map((policy) => policy.name).join(', ');
  return [
    {
      check: 'audit',
      object: name,
      message: `The application role reads the audit log by these policies: ${names === '' ? 'none' : names}. It must have one policy, for the tenant's rows.`,
      fix: 'Create them again as in prisma/functions/audit.',
    },
  ];
}
