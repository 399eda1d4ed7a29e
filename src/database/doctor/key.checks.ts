import type { SchemaFacts } from './schema-facts.js';
import type { Finding } from './finding.js';

/** Checks that references between tenant-owned tables stay within the tenant. Foreign keys are checked without row security. */
export function checkKeys({ foreignKeys }: SchemaFacts): Finding[] {
  return foreignKeys
    .filter((key) => key.fromTenantOwned && key.toTenantOwned)
    .flatMap(({ name, from, to, carriesTenant, enforced }) => {
      const object = `${name} on ${from}`;
      if (!carriesTenant) {
        return [
          {
            check: 'tenant_key',
            object,
            message: `It references ${to} without organization_id: a row can reference a row of another tenant.`,
            fix: `Reference (organization_id, …) of ${to} by (organization_id, …) of ${from}.`,
          },
        ];
      }
      if (!enforced)
        return [{ check: 'tenant_key', object, message: 'It is not enforced.', fix: `alter table ${from} validate constraint ${name}; alter table ${from} enable trigger all;` }];
      return [];
    });
}
