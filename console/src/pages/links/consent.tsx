import { Blockquote, Loader, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { ApiFormView, Failure, isFilled, Success, useApiForm } from '../../parts/form';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

export function Page() {
  return <LinkedPage title={texts().consentTitle}>{(token) => <Consent token={token} />}</LinkedPage>;
}

function Consent({ token }: { readonly token: string }) {
  const t = texts();
  const { data, error } = useQuery({ queryKey: ['consent', token], queryFn: () => api.previewConsent({ body: { token } }) });
  const own = useApiForm({
    initialValues: { guardianName: '', relation: '' },
    validate: { guardianName: isFilled, relation: isFilled },
    submit: (values) => api.giveConsent({ body: { token, ...values, textVersion: data?.text.version ?? '' } }),
  });
  if (own.isDone) return <Success>{t.consented}</Success>;
  if (data === undefined) return error === null ? <Loader role="img" aria-label={t.loading} /> : <Failure error={error} />;
  return (
    <ApiFormView of={own} action={t.consent}>
      <Text>{t.consentFor(data.member, data.organization)}</Text>
      <Blockquote>{data.text.text}</Blockquote>
      <TextInput label={t.yourName} autoComplete="name" required {...own.form.getInputProps('guardianName')} />
      <TextInput label={t.relation} required {...own.form.getInputProps('relation')} />
    </ApiFormView>
  );
}
