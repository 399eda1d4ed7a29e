import { Switch, Text, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { ApiFormView, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from '../../../parts/versions';
import { texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf } from '../queries';
import { texts } from './texts';

type Laws = Data<'getCompliance'>;

const complianceQuery = (organization: OpenOrganization) =>
  queryOptions({ ...readForForm, queryKey: keyOf(organization, 'compliance'), queryFn: async () => versioned(await organization.api.send('getCompliance')) });

export function Compliance() {
  const query = useQuery(complianceQuery(useOrganization()));
  return <Loaded query={query}>{(compliance) => <ComplianceForm {...compliance} />}</Loaded>;
}

function ComplianceForm(read: Versioned<Laws>) {
  const [{ data, etag }, setVersion] = useVersionOfFields(read);
  const organization = useOrganization();
  const prove = useRecentLogin();
  const { coppa, ferpa, gdpr, dataRetentionDays } = data;
  const own = useApiForm({
    initialValues: { coppa, ferpa, gdpr, dataRetentionDays: dataRetentionDays === null ? '' : String(dataRetentionDays) },
    validate: { dataRetentionDays: (text) => (/^\d*$/.test(text) ? null : texts.notANumber) },
    submit: async ({ dataRetentionDays: days, ...laws }) => {
      const body = { ...laws, dataRetentionDays: days === '' ? null : Number(days) };
      const answer = await prove(() => organization.api.send('updateCompliance', { header: { 'If-Match': etag }, body }));
      setVersion(versioned(answer));
    },
  });
  const { getInputProps } = own.form;
  return (
    <ApiFormView of={own} action={common().save}>
      <Text size="sm">{texts.complianceHint}</Text>
      <Switch label={texts.gdpr} {...getInputProps('gdpr', { type: 'checkbox' })} />
      <Switch label={texts.ferpa} {...getInputProps('ferpa', { type: 'checkbox' })} />
      <Switch label={texts.coppa} {...getInputProps('coppa', { type: 'checkbox' })} />
      <TextInput label={texts.dataRetentionDays} description={texts.retentionHint} inputMode="numeric" {...getInputProps('dataRetentionDays')} />
      {own.isDone ? <Success>{common().saved}</Success> : null}
    </ApiFormView>
  );
}
