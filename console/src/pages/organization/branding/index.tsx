import { Alert, Button, ColorInput, Fieldset, Grid, Image, isLightColor, List, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { ApiFormView, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from '../../../parts/versions';
import { Section, View } from '../../../parts/view';
import { texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { featuresQuery, keyOf } from '../queries';
import { texts } from './texts';

type Branding = Data<'getBranding'>;

const brandingQuery = (organization: OpenOrganization) =>
  queryOptions({ ...readForForm, queryKey: keyOf(organization, 'branding'), queryFn: async () => versioned(await organization.api.send('getBranding')) });

export function Page() {
  const organization = useOrganization();
  const query = useQuery(brandingQuery(organization));
  const { data: features = [] } = useQuery(featuresQuery(organization));
  const isMissing = features.some(({ key, available }) => key === 'custom_branding' && !available);
  return (
    <View title={texts.title} description={texts.hint}>
      {isMissing ? (
        <Alert color="yellow" variant="outline" role="status">
          {texts.notInPlan}
        </Alert>
      ) : null}
      <Loaded query={query}>
        {(branding) => (
          <Fieldset variant="unstyled" m={0} p={0} disabled={isMissing}>
            <BrandingForm {...branding} />
          </Fieldset>
        )}
      </Loaded>
    </View>
  );
}

const fields = ['displayName', 'logoUrl', 'faviconUrl', 'primaryColor', 'secondaryColor', 'accentColor', 'backgroundColor', 'customCss', 'supportEmail', 'supportUrl'] as const;
const colors = ['primaryColor', 'secondaryColor', 'accentColor', 'backgroundColor'] as const;
type Values = Record<(typeof fields)[number], string>;

const isColor = (text: string): string | null => (text === '' || /^#[0-9a-f]{6}$/i.test(text) ? null : texts.wrongColor);

function BrandingForm(read: Versioned<Branding>) {
  const [{ data, etag }, setVersion] = useVersionOfFields(read);
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const own = useApiForm<Values>({
    initialValues: Object.fromEntries(fields.map((name) => [name, data[name] ?? ''])) as Values,
    validate: { primaryColor: isColor, secondaryColor: isColor, accentColor: isColor, backgroundColor: isColor },
    submit: async (values) => {
      const body = Object.fromEntries(fields.filter((name) => values[name].trim() !== (data[name] ?? '')).map((name) => [name, values[name].trim() || null]));
      const answer = await prove(() => organization.api.send('updateBranding', { header: { 'If-Match': etag }, body }));
      setRemoved(answer.data.removedCss);
      own.form.setFieldValue('customCss', answer.data.customCss ?? '');
      setVersion(versioned(answer));
    },
  });
  const { getInputProps, values } = own.form;
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <ApiFormView of={own} action={common().save}>
          <TextInput label={texts.displayName} {...getInputProps('displayName')} />
          <TextInput label={texts.logoUrl} description={texts.logoHint} type="url" {...getInputProps('logoUrl')} />
          <TextInput label={texts.faviconUrl} type="url" {...getInputProps('faviconUrl')} />
          {colors.map((name) => (
            <ColorInput key={name} label={texts[name]} description={texts.colorHint} withEyeDropper={false} withPicker={false} {...getInputProps(name)} />
          ))}
          <TextInput label={texts.supportEmail} type="email" {...getInputProps('supportEmail')} />
          <TextInput label={texts.supportUrl} type="url" {...getInputProps('supportUrl')} />
          <Textarea label={texts.customCss} autosize minRows={3} maxRows={12} {...getInputProps('customCss')} />
          {own.isDone ? <Success>{common().saved}</Success> : null}
          {removed.length === 0 ? null : (
            <Alert color="yellow" variant="outline" title={texts.removedCss} role="status">
              <List>
                {removed.map((part) => (
                  <List.Item key={part}>{part}</List.Item>
                ))}
              </List>
            </Alert>
          )}
        </ApiFormView>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Section title={texts.preview}>
          <Preview values={values} />
        </Section>
      </Grid.Col>
    </Grid>
  );
}

/** Shows the sign-in page with the branding that the form has now. Its button does nothing. */
function Preview({ values }: { readonly values: Values }) {
  const organization = useOrganization();
  const name = values.displayName.trim() || organization.name;
  const color = (text: string): string | undefined => (text !== '' && isColor(text) === null ? text : undefined);
  const background = color(values.backgroundColor);
  const primary = color(values.primaryColor);
  const text = background === undefined ? {} : { c: isLightColor(background) ? 'black' : 'white' };
  return (
    <Paper withBorder p="lg" {...(background === undefined ? {} : { bg: background })} {...text}>
      <Stack align="center">
        {/^https:\/\/\S+$/.test(values.logoUrl) ? (
          <Image src={values.logoUrl} alt={name} h={40} w="auto" fit="contain" referrerPolicy="no-referrer" />
        ) : (
          <Text fw={700} size="lg">
            {name}
          </Text>
        )}
        <Button component="span" autoContrast {...(primary === undefined ? {} : { color: primary })}>
          {texts.signIn}
        </Button>
        {values.supportEmail === '' && values.supportUrl === '' ? null : <Text size="sm">{texts.help}</Text>}
      </Stack>
    </Paper>
  );
}
