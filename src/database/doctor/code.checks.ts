import type { SchemaFacts, DefinerFunction, Relation, UndeclaredFunction } from './schema-facts.js';
import type { Finding } from './finding.js';

/** SECURITY DEFINER functions that the application may execute, each with the reason. There are none. */
const callableDefiners: Readonly<Record<string, string>> = {};

/** The check of functions that no file grants. */
export const undeclaredFunction = 'undeclared_function';

const tenantFunction = `RETURN (NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid`;

/** Checks that views and functions run with the rights of the caller. */
export function checkCode({ relations, functions, undeclaredFunctions, settings }: SchemaFacts): Finding[] {
  return [...relations.flatMap(checkView), ...functions.flatMap(checkDefiner), ...undeclaredFunctions.map(undeclared), ...checkTenantFunction(settings.tenantFunction)];
}

const undeclared = ({ name, executableBy }: UndeclaredFunction): Finding => ({
  check: undeclaredFunction,
  object: name,
  message: `${executableBy.join(' and ')} may execute it, and no file of prisma/functions grants that.`,
  fix: `revoke execute on function ${name} from public, ${executableBy.join(', ')}; or name the role in the header of the function's file.`,
});

function checkView({ name, kind, privileges, securityInvoker }: Relation): Finding[] {
  if (privileges.length === 0) return [];
  if (kind === 'view' && !securityInvoker) {
    return [{ check: 'view', object: name, message: 'The view reads with the rights of its owner, not of the caller.', fix: `alter view ${name} set (security_invoker = true);` }];
  }
  if (kind === 'materialized view' || kind === 'foreign table') {
    return [
      {
        check: 'view',
        object: name,
        message: `The application role may read it, and row security does not apply to a ${kind}.`,
        fix: `revoke all on ${name} from public, tenantry_app;`,
      },
    ];
  }
  return [];
}

function checkDefiner({ name, fixedSearchPath, executable }: DefinerFunction): Finding[] {
  const findings: Finding[] = [];
  if (!fixedSearchPath) {
    findings.push({
      check: 'definer_function',
      object: name,
      message: 'It runs with the rights of its owner, and its search_path lets the caller choose what a name means: it is not fixed, or does not end with pg_temp.',
      fix: `alter function ${name} set search_path = pg_catalog, pg_temp;`,
    });
  }
  if (executable && !(name in callableDefiners)) {
    findings.push({
      check: 'definer_function',
      object: name,
      message: 'The application role may execute it with the rights of its owner.',
      fix: `revoke execute on function ${name} from public, tenantry_app; or list it in src/database/doctor/code.checks.ts with the reason.`,
    });
  }
  return findings;
}

function checkTenantFunction(body: string | null): Finding[] {
  if (body === tenantFunction) return [];
  return [
    {
      check: 'tenant_function',
      object: 'app.current_organization_id()',
      message: body === null ? 'It is missing.' : `It was changed: ${body}`,
      fix: 'Create it again as in prisma/functions/app/current_organization_id.sql.',
    },
  ];
}
