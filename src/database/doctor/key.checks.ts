import type { Catalog } from './catalog.js';
import type { Finding } from './finding.js';

/** Do references between tenants' tables stay within the tenant? Row security does not see to that: keys are checked past it. */
export function checkKeys({ foreignKeys }: Catalog): Finding[] {
  return foreignKeys
    .filter((key) => key.fromTenantOwned && key.toTenantOwned)
    .flatMap(({ name, from, to, carriesTenant, enforced }) => {
      const object = `${name} on ${from}`;
      if (!carriesTenant) {
        return [
          {
            check: 'tenant_key',
            object,
            message: `It leads to ${to} without organization_id: a row can point into another tenant.`,
            cure: `Refer to (organization_id, …) of ${to} by (organization_id, …) of ${from}.`,
          },
        ];
      }
      if (!enforced)
        return [{ check: 'tenant_key', object, message: 'It is not enforced.', cure: `alter table ${from} validate constraint ${name}; alter table ${from} enable trigger all;` }];
      return [];
    });
}
