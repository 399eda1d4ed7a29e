import type { Catalog, DefinerFunction, Relation, UndeclaredFunction } from './catalog.js';
import type { Finding } from './finding.js';

/** SECURITY DEFINER functions that the application may call, each with a reason. There is none. */
const callableDefiners: Readonly<Record<string, string>> = {};

/** The check of functions that no file grants. */
export const undeclaredFunction = 'undeclared_function';

const tenantFunction = `RETURN (NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid`;

/** Do views and functions work with the caller's rights, and no others? */
export function checkCode({ relations, functions, undeclaredFunctions, settings }: Catalog): Finding[] {
  return [...relations.flatMap(checkView), ...functions.flatMap(checkDefiner), ...undeclaredFunctions.map(undeclared), ...checkTenantFunction(settings.tenantFunction)];
}

const undeclared = ({ name, executableBy }: UndeclaredFunction): Finding => ({
  check: undeclaredFunction,
  object: name,
  message: `${executableBy.join(' and ')} may execute it, and no file of prisma/functions grants that.`,
  cure: `revoke execute on function ${name} from public, ${executableBy.join(', ')}; or name the role in the header of the function's file.`,
});

function checkView({ name, kind, privileges, securityInvoker }: Relation): Finding[] {
  if (privileges.length === 0) return [];
  if (kind === 'view' && !securityInvoker) {
    return [{ check: 'view', object: name, message: "The view reads with its owner's rights, not with the caller's.", cure: `alter view ${name} set (security_invoker = true);` }];
  }
  if (kind === 'materialized view' || kind === 'foreign table') {
    return [
      { check: 'view', object: name, message: `The application role may read it, and no row security bounds a ${kind}.`, cure: `revoke all on ${name} from public, tenantry_app;` },
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
      message: "It runs with its owner's rights on a search_path that the caller chooses.",
      cure: `alter function ${name} set search_path = pg_catalog;`,
    });
  }
  if (executable && !(name in callableDefiners)) {
    findings.push({
      check: 'definer_function',
      object: name,
      message: "The application role may execute it with its owner's rights.",
      cure: `revoke execute on function ${name} from public, tenantry_app; or list it in src/database/doctor/code.checks.ts with the reason.`,
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
      cure: 'Make it anew, as the migration foundation does.',
    },
  ];
}
