import type { AppRole, SchemaFacts, Settings } from './schema-facts.js';
import type { Finding } from './finding.js';

/**
 * Checks that the role of the application has no rights beyond those of tenantry_app.
 *
 * @param asApplication inspects the connection's own role as the application's, regardless of its memberships
 */
export function checkRoles({ roles, settings }: SchemaFacts, asApplication: boolean): Finding[] {
  const judged = roles.filter((role) => (role.inGroup && !role.superuser) || (role.current && asApplication));
  const findings = [...judged.flatMap(checkRole), ...checkSettings(settings)];
  if (judged.some(({ name }) => name !== 'tenantry_app')) return findings;
  return [
    ...findings,
    { check: 'role', object: 'tenantry_app', message: 'No role logs in as the application.', fix: "create role <name> login password '…' in role tenantry_app;" },
  ];
}

/** @param functions the signatures of the functions of PostgreSQL that the application role should not call, and can */
export function checkPublicFunctions(functions: readonly string[]): Finding[] {
  if (functions.length === 0) return [];
  return [
    {
      check: 'public_functions',
      object: 'tenantry_app',
      message: `The application role can call ${functions.join(', ')}: it can create large objects, which belong to no tenant, or end connections of its own role. No wall depends on it.`,
      fix: `Run as a superuser in this database: revoke execute on function ${functions.join(', ')} from public; (A managed server without a superuser cannot revoke them.)`,
    },
  ];
}

function checkRole(role: AppRole): Finding[] {
  const { name, superuser, inGroup, powers, owns, memberOf, createIn } = role;
  const finding = (message: string, fix: string): Finding => ({ check: 'role', object: name, message, fix });
  const another = 'Let DATABASE_URL name a login role that is a member of tenantry_app and of nothing else.';
  if (superuser) return [finding('The application would work as a superuser, to whom row security does not apply.', another)];
  if (!inGroup) return [finding('The application would work as a role that is not a member of tenantry_app.', another)];
  const findings: Finding[] = [];
  if (powers.length > 0)
    findings.push(finding(`It has attributes that it must not have: ${powers.join(', ')}.`, `alter role ${name} ${powers.map((power) => `no${power}`).join(' ')};`));
  if (owns > 0) findings.push(finding(`It owns ${owns} object(s) of this database: an owner can disable row security.`, `reassign owned by ${name} to <owner>;`));
  if (memberOf.length > 0) findings.push(finding(`It is also a member of ${memberOf.join(', ')}.`, `revoke ${memberOf.join(', ')} from ${name};`));
  if (createIn.length > 0)
    findings.push(finding(`It may create objects in: ${createIn.join(', ')}.`, createIn.map((place) => `revoke create on ${place} from public, ${name};`).join(' ')));
  return findings;
}

function checkSettings({ presetTenants, mayDisableTriggers }: Settings): Finding[] {
  const findings: Finding[] = presetTenants.map((object) => ({
    check: 'preset_tenant',
    object,
    message: 'A tenant is set here permanently: queries without a bound tenant would read its rows.',
    fix: `alter ${object.replace('this server', 'system')} reset app.current_organization_id;`,
  }));
  if (!mayDisableTriggers) return findings;
  return [
    ...findings,
    {
      check: 'role',
      object: 'session_replication_role',
      message: 'The application role may set it, and with it disable foreign keys.',
      fix: 'revoke set on parameter session_replication_role from public, tenantry_app;',
    },
  ];
}
