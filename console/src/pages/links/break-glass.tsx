import { Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { ApiFormView, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

export function Page() {
  const { organization = '' } = useSearch({ strict: false });
  return <LinkedPage title={texts().breakGlassTitle}>{(token) => <BreakGlass token={token} organization={organization} />}</LinkedPage>;
}

function BreakGlass({ token, organization }: { readonly token: string; readonly organization: string }) {
  const t = texts();
  const own = useApiForm({ initialValues: {}, submit: () => api.forOrganization(organization).useBreakGlass({ body: { token } }) });
  if (own.isDone)
    return (
      <>
        <Success>{t.breakGlassDone}</Success>
        <Link to="/organizations/$organizationId/security" params={{ organizationId: organization }}>
          {t.breakGlassRepair}
        </Link>
      </>
    );
  return (
    <ApiFormView of={own} action={t.breakGlass}>
      <Text>{t.breakGlassHint}</Text>
    </ApiFormView>
  );
}
