import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import type { Webhook, WebhookSignature } from '@tenantry/sdk';
import { useState } from 'react';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { texts as common } from '../../../texts/texts';
import { texts } from './texts';

export interface WebhookFields {
  url: string;
  description: string | null;
  eventTypes: string[];
  enabled: boolean;
  ordered: boolean;
}

interface WebhookFormProps {
  /** The webhook to change; a new one without it. */
  readonly webhook?: Webhook;
  readonly action: string;
  readonly submit: (fields: WebhookFields, signature: WebhookSignature) => Promise<void>;
}

const signatures = ['symmetric', 'ed25519'] as const satisfies readonly WebhookSignature[];

/** The fields of a webhook. Its kind of signature is chosen once. */
export function WebhookForm({ webhook, action, submit }: WebhookFormProps) {
  const prove = useRecentLogin();
  const [eventTypes, setEventTypes] = useState<string[]>([...(webhook?.eventTypes ?? ['*'])]);
  const own = useApiForm({
    initialValues: {
      url: webhook?.url ?? 'https://',
      description: webhook?.description ?? '',
      signature: 'symmetric',
      enabled: webhook?.enabled ?? true,
      ordered: webhook?.ordered ?? false,
    },
    validate: { url: isFilled },
    submit: ({ url, description, signature, enabled, ordered }) =>
      prove(() =>
        submit({ url, description: description === '' ? null : description, eventTypes, enabled, ordered }, signatures.find((each) => each === signature) ?? 'symmetric'),
      ),
  });
  return (
    <ApiFormView of={own} action={action}>
      <TextInput label={texts.url} description={texts.urlHint} type="url" autoComplete="off" data-autofocus required {...own.form.getInputProps('url')} />
      <TextInput label={texts.descriptionField} autoComplete="off" {...own.form.getInputProps('description')} />
      <TagsInput
        label={texts.eventTypes}
        description={texts.eventTypesHint}
        value={eventTypes}
        onChange={setEventTypes}
        acceptValueOnBlur
        clearButtonProps={{ 'aria-label': common().remove }}
      />
      {webhook === undefined ? (
        <NativeSelect label={texts.signature} data={signatures.map((value) => ({ value, label: texts.signatures[value] }))} {...own.form.getInputProps('signature')} />
      ) : null}
      <Switch label={texts.enabled} {...own.form.getInputProps('enabled', { type: 'checkbox' })} />
      <Switch label={texts.ordered} description={texts.orderedHint} {...own.form.getInputProps('ordered', { type: 'checkbox' })} />
    </ApiFormView>
  );
}
