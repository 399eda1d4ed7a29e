import { Alert, Checkbox, Fieldset, Group, List, MultiSelect, Stack, Switch, TagsInput, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { Confirm } from '../../../parts/confirm';
import { ApiFormView, Success, useApiForm } from '../../../parts/form';
import { Loaded } from '../../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from '../../../parts/versions';
import { formatNumber, texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, rolesQuery } from '../queries';
import { texts } from './texts';

type Security = Data<'getSecurity'>;
type Effects = Data<'previewSecurity'>;

const methods = ['password', 'mail', 'passkey', 'provider', 'sso'] as const;

const securityQuery = (organization: OpenOrganization) =>
  queryOptions({ ...readForForm, queryKey: keyOf(organization, 'security'), queryFn: async () => versioned(await organization.api.send('getSecurity')) });

export function Policy() {
  const query = useQuery(securityQuery(useOrganization()));
  return <Loaded query={query}>{(security) => <PolicyForm {...security} />}</Loaded>;
}

/** A change of the policy, and whom it would affect. */
interface Planned {
  readonly body: Partial<Security>;
  readonly effects: Effects;
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function PolicyForm(read: Versioned<Security>) {
  const [{ data, etag }, setVersion] = useVersionOfFields(read);
  const organization = useOrganization();
  const { api, may } = organization;
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const [planned, setPlanned] = useState<Planned>();
  const [notice, setNotice] = useState<string>();
  const disabled = !may('security:write');
  const { ssoRequired, mfaRequired, auditLogsEnabled, ipAllowList, allowedEmailDomains, webOrigins, mfaRoles, signInMethods } = data;
  const own = useApiForm({
    initialValues: {
      ssoRequired,
      mfaRequired,
      auditLogsEnabled,
      ipAllowList: [...ipAllowList],
      allowedEmailDomains: [...allowedEmailDomains],
      webOrigins: [...webOrigins],
      mfaRoles: [...mfaRoles],
      signInMethods: [...signInMethods] as string[],
    },
    submit: async (values) => {
      setNotice(undefined);
      const next: Security = { ...values, signInMethods: methods.filter((method) => values.signInMethods.includes(method)) };
      const present: Security = { ...data, signInMethods: methods.filter((method) => signInMethods.includes(method)) };
      const body = Object.fromEntries(Object.entries(next).filter(([name, value]) => !isSame(value, present[name as keyof Security]))) as Partial<Security>;
      if (Object.keys(body).length === 0) setNotice(texts.unchanged);
      else setPlanned({ body, effects: await api.previewSecurity({ body }) });
    },
  });
  const apply = async (body: Partial<Security>): Promise<void> => {
    const answer = await api.send('updateSecurity', { header: { 'If-Match': etag }, body });
    setVersion(versioned(answer));
    setNotice(common().saved);
  };
  const { getInputProps } = own.form;
  const fields = (
    <Stack>
      <Switch label={texts.mfaRequired} {...getInputProps('mfaRequired', { type: 'checkbox' })} />
      {roles.length === 0 ? null : <MultiSelect label={texts.mfaRoles} data={roles.map(({ key, name }) => ({ value: key, label: name }))} {...getInputProps('mfaRoles')} />}
      <Switch label={texts.ssoRequired} {...getInputProps('ssoRequired', { type: 'checkbox' })} />
      <Checkbox.Group label={texts.signInMethods} description={texts.allMethods} {...getInputProps('signInMethods')}>
        <Group mt="xs">
          {methods.map((method) => (
            <Checkbox key={method} value={method} label={texts.methods[method]} />
          ))}
        </Group>
      </Checkbox.Group>
      <TagsInput label={texts.ipAllowList} description={texts.ipHint} {...getInputProps('ipAllowList')} />
      <TagsInput label={texts.allowedEmailDomains} description={texts.domainsHint} {...getInputProps('allowedEmailDomains')} />
      <TagsInput label={texts.webOrigins} description={texts.originsHint} {...getInputProps('webOrigins')} />
      <Switch label={texts.auditLogsEnabled} {...getInputProps('auditLogsEnabled', { type: 'checkbox' })} />
      {notice === undefined ? null : <Success>{notice}</Success>}
    </Stack>
  );
  return (
    <Stack maw={720}>
      {disabled ? (
        <Fieldset variant="unstyled" disabled>
          {fields}
        </Fieldset>
      ) : (
        <ApiFormView of={own} action={texts.preview}>
          {fields}
        </ApiFormView>
      )}
      <Confirm
        opened={planned !== undefined}
        onClose={() => setPlanned(undefined)}
        title={texts.previewTitle}
        action={texts.apply}
        isPossible={planned?.effects.refused !== true}
        onConfirm={async () => {
          if (planned !== undefined) await apply(planned.body);
        }}
      >
        {planned === undefined ? null : <EffectsView effects={planned.effects} />}
      </Confirm>
    </Stack>
  );
}

function EffectsView({ effects: { refusal, memberCount, members, keyCount, withoutSignInCount } }: { readonly effects: Effects }) {
  if (refusal !== null)
    return (
      <Alert color="red" variant="outline" title={texts.refused} role="alert">
        {refusal.detail}
      </Alert>
    );
  return (
    <Stack gap="sm">
      {memberCount === 0 && keyCount === 0 && withoutSignInCount === 0 ? <Text>{texts.nobody}</Text> : null}
      {withoutSignInCount === 0 ? null : <Text>{texts.withoutSignIn(formatNumber(withoutSignInCount))}</Text>}
      {keyCount === 0 ? null : <Text>{texts.keys(formatNumber(keyCount))}</Text>}
      {memberCount === 0 ? null : (
        <>
          <Text>{texts.members(formatNumber(memberCount))}</Text>
          <List size="sm">
            {members.map(({ userId, email }) => (
              <List.Item key={userId}>{email}</List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
