import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { ApiFormView, isNumber, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from '../../../parts/versions';
import { choose, texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf } from '../queries';
import { names } from './names-de';
import { texts } from './texts';

type Settings = Data<'getSettings'>;

/** A setting in the JSON Schema of the catalog. */
interface Property {
  readonly type: 'boolean' | 'integer' | 'string';
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly 'x-permission'?: string;
}

interface LoadedSettings {
  readonly settings: Versioned<Settings>;
  readonly properties: readonly (readonly [string, Property])[];
}

const settingsQuery = (organization: OpenOrganization) =>
  queryOptions({
    ...readForForm,
    queryKey: keyOf(organization, 'settings'),
    queryFn: async (): Promise<LoadedSettings> => {
      const [settings, schema] = await Promise.all([organization.api.send('getSettings'), organization.api.getSettingsSchema()]);
      return { settings: versioned(settings), properties: Object.entries(schema['properties'] as Readonly<Record<string, Property>>) };
    },
  });

export function ProductSettings() {
  const query = useQuery(settingsQuery(useOrganization()));
  return <Loaded query={query}>{(loaded) => (loaded.properties.length === 0 ? <EmptyState title={texts.noSettings} /> : <SettingsForm {...loaded} />)}</Loaded>;
}

const translated: Readonly<Record<string, string>> = choose({ en: {}, de: names });

/** Returns the name of a setting, or its key as words. */
const wordsOf = (key: string): string => {
  const words = translated[key] ?? key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function SettingsForm({ settings, properties }: LoadedSettings) {
  const [{ data, etag }, setVersion] = useVersionOfFields(settings);
  const organization = useOrganization();
  const { may } = organization;
  const prove = useRecentLogin();
  const types = new Map(properties.map(([key, { type }]) => [key, type]));
  const own = useApiForm<Record<string, string | boolean>>({
    initialValues: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, typeof value === 'number' ? String(value) : value])),
    validate: (values) => Object.fromEntries(properties.flatMap(([key, { type }]) => (type === 'integer' ? [[key, isNumber(String(values[key]))]] : []))),
    submit: async (values) => {
      const typed = Object.entries(values).map(([key, value]) => [key, types.get(key) === 'integer' ? Number(value) : value] as const);
      const body = Object.fromEntries(typed.filter(([key, value]) => value !== data[key]));
      if (Object.keys(body).length === 0) return;
      const answer = await prove(() => organization.api.send('updateSettings', { header: { 'If-Match': etag }, body }));
      setVersion(versioned(answer));
    },
  });
  return (
    <ApiFormView of={own} action={common().save}>
      {properties.map(([key, property]) => {
        const needed = property['x-permission'];
        const disabled = !may('settings:write') || (needed !== undefined && !may(needed));
        const description = disabled && may('settings:write') && needed !== undefined ? texts.only(needed) : key in translated ? undefined : property.description;
        const shared = { label: wordsOf(key), description, disabled };
        if (property.type === 'boolean') return <Switch key={key} {...shared} {...own.form.getInputProps(key, { type: 'checkbox' })} />;
        if (property.enum !== undefined) return <NativeSelect key={key} {...shared} data={[...property.enum]} {...own.form.getInputProps(key)} />;
        const bounds = property.type === 'integer' ? { type: 'number', min: property.minimum, max: property.maximum } : {};
        return <TextInput key={key} {...shared} {...bounds} {...own.form.getInputProps(key)} />;
      })}
      {own.isDone ? <Success>{common().saved}</Success> : null}
    </ApiFormView>
  );
}
