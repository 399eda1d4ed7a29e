import { Text } from '@mantine/core';
import { api } from '../../api/client';
import { ApiFormView, Success, useApiForm } from '../../parts/form';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

export function Page() {
  return <LinkedPage title={texts().withdrawTitle}>{(token) => <Withdraw token={token} />}</LinkedPage>;
}

function Withdraw({ token }: { readonly token: string }) {
  const t = texts();
  const own = useApiForm({ initialValues: {}, submit: () => api.withdrawConsentByLink({ body: { token } }) });
  if (own.isDone) return <Success>{t.withdrawn}</Success>;
  return (
    <ApiFormView of={own} action={t.withdraw}>
      <Text>{t.withdrawHint}</Text>
    </ApiFormView>
  );
}
