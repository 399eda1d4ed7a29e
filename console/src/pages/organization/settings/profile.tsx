import { NativeSelect, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { queries } from '../../../api/client';
import { countries, isCountry } from '../../../parts/countries';
import { ApiFormView, isFilled, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from '../../../parts/versions';
import { texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, readAgain } from '../queries';
import { texts } from './texts';

type Organization = Data<'getOrganization'>;

const profileQuery = (organization: OpenOrganization) =>
  queryOptions({ ...readForForm, queryKey: keyOf(organization, 'profile'), queryFn: async () => versioned(await organization.api.send('getOrganization')) });

export function Profile() {
  const query = useQuery(profileQuery(useOrganization()));
  return <Loaded query={query}>{(profile) => <ProfileForm {...profile} />}</Loaded>;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

function ProfileForm(read: Versioned<Organization>) {
  const [{ data, etag }, setVersion] = useVersionOfFields(read);
  const organization = useOrganization();
  const prove = useRecentLogin();
  const { address } = data;
  const own = useApiForm({
    initialValues: {
      name: data.name,
      displayName: data.displayName ?? '',
      slug: data.slug,
      description: data.description ?? '',
      email: data.email ?? '',
      phone: data.phone ?? '',
      website: data.website ?? '',
      timezone: data.timezone,
      locale: data.locale,
      street: address?.street ?? '',
      postalCode: address?.postalCode ?? '',
      city: address?.city ?? '',
      region: address?.region ?? '',
      country: address?.country ?? '',
    },
    validate: { name: isFilled, slug: isFilled },
    submit: async ({ name, slug, timezone, locale, street, postalCode, city, region, country, ...optional }) => {
      const parts = Object.fromEntries(Object.entries({ street, postalCode, city, region }).filter(([, text]) => text.trim() !== ''));
      const filled = { ...parts, ...(isCountry(country) ? { country } : {}) };
      const body = {
        name,
        timezone,
        locale,
        ...(slug === data.slug ? {} : { slug }),
        displayName: orNull(optional.displayName),
        description: orNull(optional.description),
        email: orNull(optional.email),
        phone: orNull(optional.phone),
        website: orNull(optional.website),
        address: Object.keys(filled).length === 0 ? null : filled,
      };
      const answer = await prove(() => organization.api.send('updateOrganization', { header: { 'If-Match': etag }, body }));
      setVersion(versioned(answer));
      // The shell shows the name.
      await Promise.all([readAgain(organization, 'access'), readAgain(organization, 'overview'), queries.invalidateQueries({ queryKey: ['me'] })]);
    },
  });
  const { getInputProps } = own.form;
  return (
    <ApiFormView of={own} action={common().save}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={common().name} required {...getInputProps('name')} />
        <TextInput label={texts.displayName} description={texts.displayNameHint} inputWrapperOrder={['label', 'input', 'description', 'error']} {...getInputProps('displayName')} />
        <TextInput label={texts.slug} description={texts.slugHint} inputWrapperOrder={['label', 'input', 'description', 'error']} required {...getInputProps('slug')} />
        <TextInput label={texts.contactEmail} type="email" {...getInputProps('email')} />
        <TextInput label={texts.phone} type="tel" {...getInputProps('phone')} />
        <TextInput label={texts.website} type="url" {...getInputProps('website')} />
        <NativeSelect label={texts.timezone} data={withOwn(Intl.supportedValuesOf('timeZone'), data.timezone)} {...getInputProps('timezone')} />
        <TextInput label={texts.locale} {...getInputProps('locale')} />
      </SimpleGrid>
      <Textarea label={texts.description} autosize minRows={2} {...getInputProps('description')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={texts.street} {...getInputProps('street')} />
        <TextInput label={texts.postalCode} {...getInputProps('postalCode')} />
        <TextInput label={texts.city} {...getInputProps('city')} />
        <TextInput label={texts.region} {...getInputProps('region')} />
        <NativeSelect label={texts.country} data={[{ value: '', label: texts.noCountry }, ...countries()]} {...getInputProps('country')} />
      </SimpleGrid>
      {own.isDone ? <Success>{common().saved}</Success> : null}
    </ApiFormView>
  );
}

/** The choices of a field, with the present one, which browsers may know by another name. */
const withOwn = (choices: readonly string[], own: string): string[] => (choices.includes(own) ? [...choices] : [own, ...choices]);
