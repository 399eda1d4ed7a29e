import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { BillingProfile } from '@tenantry/sdk';
import { countries, isCountry } from '../../../parts/countries';
import { ApiFormView, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from '../../../parts/versions';
import { texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { texts } from './texts';

const profileQuery = ({ id, api }: OpenOrganization) =>
  queryOptions({ ...readForForm, queryKey: ['organization', id, 'billing-profile'], queryFn: async () => versioned(await api.send('getBillingProfile')) });

/** The recipient of the invoices. */
export function BillingProfileForm() {
  const query = useQuery(profileQuery(useOrganization()));
  return <Loaded query={query}>{(profile) => <Fields {...profile} />}</Loaded>;
}

function Fields(read: Versioned<BillingProfile>) {
  const [{ data: profile, etag }, setVersion] = useVersionOfFields(read);
  const organization = useOrganization();
  const prove = useRecentLogin();
  const { billingEmail, taxId, billingAddress: address } = profile;
  const own = useApiForm({
    initialValues: {
      billingEmail: billingEmail ?? '',
      taxId: taxId ?? '',
      line1: address?.line1 ?? '',
      line2: address?.line2 ?? '',
      postalCode: address?.postalCode ?? '',
      city: address?.city ?? '',
      region: address?.region ?? '',
      country: address?.country ?? '',
    },
    submit: async (values) => {
      const filled = (name: 'line2' | 'postalCode' | 'city' | 'region') => (values[name].trim() === '' ? {} : { [name]: values[name].trim() });
      const { country } = values;
      const billingAddress = isCountry(country) ? { line1: values.line1, country, ...filled('line2'), ...filled('postalCode'), ...filled('city'), ...filled('region') } : null;
      const body = { billingEmail: values.billingEmail.trim() || null, taxId: values.taxId.trim() || null, billingAddress };
      setVersion(versioned(await prove(() => organization.api.send('updateBillingProfile', { header: { 'If-Match': etag }, body }))));
    },
  });
  const hasAddress = own.form.values.country !== '';
  return (
    <ApiFormView of={own} action={common().save}>
      <TextInput label={texts.billingEmail} description={texts.billingEmailHint} type="email" autoComplete="email" {...own.form.getInputProps('billingEmail')} />
      <NativeSelect label={texts.country} autoComplete="country" data={[{ value: '', label: texts.noCountry }, ...countries()]} {...own.form.getInputProps('country')} />
      {hasAddress ? (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={texts.line1} autoComplete="address-line1" required {...own.form.getInputProps('line1')} />
          <TextInput label={texts.line2} autoComplete="address-line2" {...own.form.getInputProps('line2')} />
          <TextInput label={texts.postalCode} autoComplete="postal-code" {...own.form.getInputProps('postalCode')} />
          <TextInput label={texts.city} autoComplete="address-level2" {...own.form.getInputProps('city')} />
          <TextInput label={texts.region} autoComplete="address-level1" {...own.form.getInputProps('region')} />
        </SimpleGrid>
      ) : null}
      <TextInput label={texts.taxId} autoComplete="off" {...own.form.getInputProps('taxId')} />
      {own.isDone ? <Success>{common().saved}</Success> : null}
    </ApiFormView>
  );
}
