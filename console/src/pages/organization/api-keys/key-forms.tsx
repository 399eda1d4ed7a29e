import { Checkbox, NumberInput, Radio, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ApiKey, ApiKeyBelongsTo, ApiKeySecret, Permission } from '@tenantry/sdk';
import { useState } from 'react';
import { ApiFormView, changesOf, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import type { Versioned } from '../../../parts/versions';
import { texts as common } from '../../../texts/texts';
import { useOrganization } from '../context';
import { permissionsQuery } from '../queries';
import { texts } from './texts';

/** What all keys have besides their name. */
interface Terms {
  readonly permissions: readonly string[];
  readonly allowedIps: readonly string[];
  readonly rateLimit: number | null;
}

const termsOf = ({ permissions, allowedIps, rateLimit }: Terms) => ({ permissions: [...permissions], allowedIps: [...allowedIps], rateLimit });
/** Returns the end of a day in the time zone of the browser, or null for no day. */
const endOf = (day: string): string | null => (day === '' ? null : new Date(`${day}T23:59:59`).toISOString());
/** Returns the day of a time in the time zone of the browser, as date fields have it. */
const dayOf = (time: string | null): string => (time === null ? '' : new Date(time).toLocaleDateString('sv'));

export function NewKey({ onCreated }: { readonly onCreated: (created: ApiKeySecret) => Promise<void> }) {
  const { api, may } = useOrganization();
  const prove = useRecentLogin();
  const mayShare = may('api_keys:write');
  const [belongsTo, setBelongsTo] = useState<ApiKeyBelongsTo>(mayShare ? 'organization' : 'me');
  const [terms, setTerms] = useState<Terms>({ permissions: [], allowedIps: [], rateLimit: null });
  const own = useApiForm({
    initialValues: { name: '', expiresAt: '' },
    validate: { name: isFilled },
    submit: async ({ name, expiresAt }) => onCreated(await prove(() => api.createApiKey({ body: { name, belongsTo, expiresAt: endOf(expiresAt), ...termsOf(terms) } }))),
  });
  return (
    <ApiFormView of={own} action={texts.create}>
      <TextInput label={texts.name} autoComplete="off" data-autofocus required {...own.form.getInputProps('name')} />
      {mayShare ? (
        <Radio.Group label={texts.belongsTo} value={belongsTo} onChange={(value) => setBelongsTo(value)}>
          <Stack gap="xs" mt="xs">
            <Radio value="organization" label={texts.ofOrganization} />
            <Radio value="me" label={texts.personal} />
          </Stack>
        </Radio.Group>
      ) : null}
      <TermFields terms={terms} onChange={setTerms} />
      <TextInput type="date" label={texts.expires} description={texts.expiresHint} {...own.form.getInputProps('expiresAt')} />
    </ApiFormView>
  );
}

interface EditKeyProps {
  readonly opened: Versioned<ApiKey>;
  readonly onSaved: () => Promise<void>;
}

export function EditKey({ opened: { data: apiKey, etag }, onSaved }: EditKeyProps) {
  const { api } = useOrganization();
  const prove = useRecentLogin();
  const { id, name, enabled, expiresAt } = apiKey;
  const [terms, setTerms] = useState<Terms>(apiKey);
  const own = useApiForm({
    initialValues: { name, enabled, expiresAt: dayOf(expiresAt) },
    validate: { name: isFilled },
    submit: async (values) => {
      // A time that was not set by its day stays as it is.
      const expiry = values.expiresAt === dayOf(expiresAt) ? {} : { expiresAt: endOf(values.expiresAt) };
      await prove(() =>
        api.updateApiKey({
          path: { apiKeyId: id },
          header: { 'If-Match': etag },
          body: { ...changesOf(apiKey, { name: values.name, enabled: values.enabled, ...termsOf(terms) }), ...expiry },
        }),
      );
      await onSaved();
    },
  });
  return (
    <ApiFormView of={own} action={common().save}>
      <TextInput label={texts.name} autoComplete="off" data-autofocus required {...own.form.getInputProps('name')} />
      <Switch label={texts.statuses.active} {...own.form.getInputProps('enabled', { type: 'checkbox' })} />
      <TermFields terms={terms} onChange={setTerms} />
      <TextInput type="date" label={texts.expires} description={texts.expiresHint} {...own.form.getInputProps('expiresAt')} />
    </ApiFormView>
  );
}

interface TermFieldsProps {
  readonly terms: Terms;
  readonly onChange: (terms: Terms) => void;
}

function TermFields({ terms, onChange }: TermFieldsProps) {
  const query = useQuery(permissionsQuery);
  const set = (part: Partial<Terms>): void => onChange({ ...terms, ...part });
  return (
    <>
      <Loaded query={query}>{({ data }) => <Permissions all={data} chosen={terms.permissions} onChange={(permissions) => set({ permissions })} />}</Loaded>
      <TagsInput
        label={texts.allowedIps}
        description={texts.allowedIpsHint}
        value={[...terms.allowedIps]}
        onChange={(allowedIps) => set({ allowedIps })}
        clearButtonProps={{ 'aria-label': common().remove }}
      />
      <NumberInput
        label={texts.rateLimit}
        description={texts.rateLimitHint}
        min={1}
        allowDecimal={false}
        value={terms.rateLimit ?? ''}
        onChange={(value) => set({ rateLimit: value === '' ? null : Number(value) })}
      />
    </>
  );
}

interface PermissionsProps {
  readonly all: readonly Permission[];
  readonly chosen: readonly string[];
  readonly onChange: (permissions: readonly string[]) => void;
}

/** The permissions that a key can have: those that the person holds, and those that the key already has. */
function Permissions({ all, chosen, onChange }: PermissionsProps) {
  const { may } = useOrganization();
  const offered = all.filter(({ key, grantableToKeys }) => (grantableToKeys && may(key)) || chosen.includes(key));
  return (
    <Checkbox.Group label={texts.permissions} value={[...chosen]} onChange={onChange} required>
      <Stack gap="xs" mt="xs">
        {offered.length === 0 ? <Text size="sm">{texts.noPermissions}</Text> : null}
        {offered.map(({ key, description }) => (
          <Checkbox key={key} value={key} label={key} description={description} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
