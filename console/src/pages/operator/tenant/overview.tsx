import { Button, Checkbox, Group, List, Stack, Table, Text, TextInput, Textarea } from '@mantine/core';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { useRecentLogin } from '../../../parts/recent-login';
import { OpenedForm, type Versioned } from '../../../parts/versions';
import { Section } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate, formatNumber, formatTime } from '../../../texts/texts';
import { Facts, ReasonButton } from '../parts';
import { operatorKey, readAgain } from '../queries';
import { texts as common } from '../texts';
import { Provisioning } from './provisioning';
import { SetupLinkButton } from './setup-link';
import { texts } from './texts';

type Tenant = Data<'getTenant'>;

const dateOf = (time: string | null): string | null => (time === null ? null : formatDate(time));
const yesNo = (value: boolean): string => (value ? common.yes : common.no);

export function Overview({ tenant }: { readonly tenant: Tenant }) {
  const [isEditing, setIsEditing] = useState(false);
  const close = (): void => setIsEditing(false);
  const { id, slug, displayName, description, email, phone, website, timezone, locale, isVerified, isDemo, memberCount, createdAt, updatedAt } = tenant;
  const { trialEndsAt, usageAnchorDay, suspendedAt, suspendedReason, deletedAt, eraseAfter } = tenant;
  return (
    <Stack gap="lg">
      <Section
        title={texts.profile}
        actions={
          <Button variant="default" size="xs" onClick={() => setIsEditing(true)}>
            {texts.edit}
          </Button>
        }
      >
        <Facts
          label={texts.profile}
          rows={[
            ['ID', id],
            [texts.slug, slug],
            [texts.displayName, displayName],
            [texts.description, description],
            [common.email, email],
            [texts.phone, phone],
            [texts.website, website],
            [texts.timezone, timezone],
            [texts.locale, locale],
            [texts.verified, yesNo(isVerified)],
            [texts.demo, yesNo(isDemo)],
            [texts.memberCount, formatNumber(memberCount)],
            [texts.trialEnds, dateOf(trialEndsAt)],
            [texts.anchor, usageAnchorDay ?? texts.firstDay],
            [common.created, formatTime(createdAt)],
            [texts.updated, formatTime(updatedAt)],
            ...(suspendedAt === null ? [] : [[texts.suspendedAt, formatTime(suspendedAt)] as const, [texts.suspendedReason, suspendedReason] as const]),
            ...(deletedAt === null ? [] : [[texts.deletedAt, formatTime(deletedAt)] as const, [texts.eraseAfter, dateOf(eraseAfter)] as const]),
          ]}
        />
      </Section>
      <Section title={texts.owners}>
        <Owners of={tenant} />
      </Section>
      <Section title={texts.domains}>
        <Domains of={tenant} />
      </Section>
      {deletedAt === null ? (
        <Section title={texts.signIn} description={texts.signInHint}>
          <Group gap="xs">
            <ReasonButton
              title={tenant.name}
              action={texts.resetSecurity}
              onConfirm={(reason) => api.resetTenantSecurity({ path: { tenantId: id }, body: { reason } }).then(readAgain)}
            >
              {texts.resetSecurityHint}
            </ReasonButton>
            {tenant.features['sso'] === true ? <SetupLinkButton tenantId={id} /> : null}
          </Group>
        </Section>
      ) : null}
      <Provisioning tenant={tenant} />
      <Dialog opened={isEditing} onClose={close} title={texts.edit} size="lg">
        <OpenedForm queryKey={[operatorKey, 'tenant', id, 'opened']} read={() => api.send('getTenant', { path: { tenantId: id } })}>
          {(read) => <EditTenant opened={read} onDone={close} />}
        </OpenedForm>
      </Dialog>
    </Stack>
  );
}

function Owners({ of: { owners } }: { readonly of: Tenant }) {
  if (owners.length === 0) return <Text c="dimmed">{texts.noOwners}</Text>;
  return (
    <List>
      {owners.map(({ userId, name, email }) => (
        <List.Item key={userId}>
          {name}{' '}
          <Link to="/operator/users" search={{ search: email }}>
            {email}
          </Link>
        </List.Item>
      ))}
    </List>
  );
}

function Domains({ of: { id, domains } }: { readonly of: Tenant }) {
  if (domains.length === 0) return <Text c="dimmed">{texts.noDomains}</Text>;
  return (
    <Table aria-label={texts.domains}>
      <Table.Tbody>
        {domains.map(({ kind, domain, status, lastCheckedAt }) => (
          <Table.Tr key={`${kind} ${domain}`}>
            <Table.Th scope="row">{domain}</Table.Th>
            <Table.Td>{texts.domainKinds[kind]}</Table.Td>
            <Table.Td>
              <StatusBadge isBad={status === 'failing'}>{texts.domainStatuses[status]}</StatusBadge>
            </Table.Td>
            <Table.Td>{lastCheckedAt === null ? common.never : formatTime(lastCheckedAt)}</Table.Td>
            <Table.Td>
              {status === 'unverified' ? null : (
                <ReasonButton
                  title={domain}
                  action={texts.release}
                  name={texts.releaseOf(domain)}
                  onConfirm={(reason) => api.releaseTenantDomain({ path: { tenantId: id, domain }, body: { reason } }).then(readAgain)}
                >
                  {texts.releaseHint}
                </ReasonButton>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Sends what was changed: an empty text removes what may be missing. */
function EditTenant({ opened: { data: tenant, etag }, onDone }: { readonly opened: Versioned<Tenant>; readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const { id, name, slug, timezone, locale, isVerified, isDemo } = tenant;
  const own = useApiForm({
    initialValues: {
      name,
      slug,
      displayName: tenant.displayName ?? '',
      email: tenant.email ?? '',
      phone: tenant.phone ?? '',
      website: tenant.website ?? '',
      description: tenant.description ?? '',
      timezone,
      locale,
      isVerified,
      isDemo,
    },
    validate: { name: isFilled, slug: isFilled, timezone: isFilled, locale: isFilled },
    submit: async (values) => {
      const changed = Object.entries(values).filter(([key, value]) => value !== (tenant[key as keyof typeof values] ?? ''));
      const body = Object.fromEntries(changed.map(([key, value]) => [key, value === '' ? null : value]));
      await prove(() => api.updateTenant({ path: { tenantId: id }, header: { 'If-Match': etag }, body }));
      await readAgain();
      onDone();
    },
  });
  const input = own.form.getInputProps;
  return (
    <ApiFormView of={own} action={texts.save}>
      <TextInput label={common.name} required data-autofocus {...input('name')} />
      <TextInput label={texts.slug} required {...input('slug')} />
      <TextInput label={texts.displayName} {...input('displayName')} />
      <TextInput label={common.email} type="email" {...input('email')} />
      <TextInput label={texts.phone} {...input('phone')} />
      <TextInput label={texts.website} type="url" {...input('website')} />
      <Textarea label={texts.description} {...input('description')} />
      <TextInput label={texts.timezone} required {...input('timezone')} />
      <TextInput label={texts.locale} required {...input('locale')} />
      <Checkbox label={texts.verified} {...input('isVerified', { type: 'checkbox' })} />
      <Checkbox label={texts.demo} {...input('isDemo', { type: 'checkbox' })} />
    </ApiFormView>
  );
}
