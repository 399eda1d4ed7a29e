import type { AppRole, Catalog, Settings } from './catalog.js';
import type { Finding } from './finding.js';

/**
 * Is the application's role harmless?
 *
 * @param asApplication judges the connection's own role as the application's, whatever it is a member of
 */
export function checkRoles({ roles, settings }: Catalog, asApplication: boolean): Finding[] {
  const judged = roles.filter((role) => (role.inGroup && !role.superuser) || (role.current && asApplication));
  const findings = [...judged.flatMap(checkRole), ...checkSettings(settings)];
  if (judged.some(({ name }) => name !== 'tenantry_app')) return findings;
  return [
    ...findings,
    { check: 'role', object: 'tenantry_app', message: 'No role logs in as the application.', cure: "create role <name> login password '…' in role tenantry_app;" },
  ];
}

function checkRole(role: AppRole): Finding[] {
  const { name, superuser, inGroup, powers, owns, memberOf, createIn } = role;
  const finding = (message: string, cure: string): Finding => ({ check: 'role', object: name, message, cure });
  const another = 'Let DATABASE_URL name a login role that is a member of tenantry_app and of nothing else.';
  if (superuser) return [finding('The application would work as a superuser, whom no row security bounds.', another)];
  if (!inGroup) return [finding('The application would work as a role that is not a member of tenantry_app.', another)];
  const findings: Finding[] = [];
  if (powers.length > 0) findings.push(finding(`It is more than a plain role: ${powers.join(', ')}.`, `alter role ${name} ${powers.map((power) => `no${power}`).join(' ')};`));
  if (owns > 0) findings.push(finding(`It owns ${owns} object(s) of this database: an owner can lift row security.`, `reassign owned by ${name} to <owner>;`));
  if (memberOf.length > 0) findings.push(finding(`It is a member of ${memberOf.join(', ')}, besides tenantry_app.`, `revoke ${memberOf.join(', ')} from ${name};`));
  if (createIn.length > 0)
    findings.push(finding(`It may create objects in: ${createIn.join(', ')}.`, createIn.map((place) => `revoke create on ${place} from public, ${name};`).join(' ')));
  return findings;
}

function checkSettings({ presetTenants, mayDisableTriggers }: Settings): Finding[] {
  const findings: Finding[] = presetTenants.map((object) => ({
    check: 'preset_tenant',
    object,
    message: 'A tenant is set here for good: queries that nobody bound would see its rows.',
    cure: `alter ${object.replace('this server', 'system')} reset app.current_organization_id;`,
  }));
  if (!mayDisableTriggers) return findings;
  return [
    ...findings,
    {
      check: 'role',
      object: 'session_replication_role',
      message: 'The application role may set it, and so switch foreign keys off.',
      cure: 'revoke set on parameter session_replication_role from public, tenantry_app;',
    },
  ];
}
