import { Text } from '@mantine/core';
import { isTenantryError } from '@tenantry/sdk';
import { api } from '../../api/client';
import { ApiFormView, Success, useApiForm } from '../../parts/form';
import { texts } from './texts';

/** The conditions of the security policy that an owner can be let past with a mailed link. */
const codes = ['address_not_allowed', 'sso_required', 'sign_in_method_not_allowed'] as const;

/** Whether the security policy refuses the session by a condition that an owner can be let past. */
export const isLockedOut = (error: unknown): boolean => codes.some((code) => isTenantryError(error, code));

/** Mails an owner a link with which the organization can be opened again. The API refuses it to others. */
export function LockedOut({ organizationId }: { readonly organizationId: string }) {
  const own = useApiForm({ initialValues: {}, submit: () => api.forOrganization(organizationId).requestBreakGlass() });
  if (own.isDone) return <Success>{texts.breakGlassSent}</Success>;
  return (
    <ApiFormView of={own} action={texts.breakGlass}>
      <Text>{texts.breakGlassHint}</Text>
    </ApiFormView>
  );
}
