import { TextInput } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { readAgain } from '../queries';
import { texts as common } from '../texts';
import { ImpersonateButton } from './impersonate';
import { texts } from './texts';

const button = { size: 'sm' } as const;

/** What operators do with a tenant in its state. */
export function TenantActions({ tenant: { id, name, slug, status, deletedAt, maintenanceMode } }: { readonly tenant: Data<'getTenant'> }) {
  const router = useRouter();
  const path = { tenantId: id };
  const done = (change: Promise<unknown>): Promise<void> => change.then(readAgain);
  if (deletedAt !== null)
    return (
      <>
        <ConfirmButton title={name} action={texts.restore} onConfirm={() => done(api.restoreTenant({ path }))} danger={false} button={button}>
          {texts.restoreHint}
        </ConfirmButton>
        <ConfirmButton
          title={name}
          action={texts.erase}
          phrase={slug}
          onConfirm={async () => {
            await api.deleteTenant({ path, query: { hard: true } });
            await router.navigate({ to: '/operator/tenants' });
            await readAgain();
          }}
          button={button}
        >
          {texts.eraseHint}
        </ConfirmButton>
      </>
    );
  const isClosed = status === 'suspended' || status === 'cancelled' || status === 'pending';
  return (
    <>
      <ImpersonateButton tenantId={id} label={texts.impersonate} button={button} />
      {isClosed ? (
        <ConfirmButton title={name} action={texts.activate} onConfirm={() => done(api.activateTenant({ path }))} danger={false} button={button}>
          {texts.activateHint}
        </ConfirmButton>
      ) : (
        <SuspendButton tenantId={id} name={name} />
      )}
      <ConfirmButton
        title={name}
        action={maintenanceMode ? texts.maintenanceOff : texts.maintenanceOn}
        onConfirm={() => done(api.setTenantMaintenance({ path, body: { enabled: !maintenanceMode } }))}
        danger={!maintenanceMode}
        button={button}
      >
        {maintenanceMode ? texts.maintenanceOffHint : texts.maintenanceOnHint}
      </ConfirmButton>
      <ConfirmButton title={name} action={texts.remove} phrase={slug} onConfirm={() => done(api.deleteTenant({ path }))} button={button}>
        {texts.removeHint}
      </ConfirmButton>
    </>
  );
}

function SuspendButton({ tenantId, name }: { readonly tenantId: string; readonly name: string }) {
  const [reason, setReason] = useState('');
  const suspend = async (): Promise<void> => {
    await api.suspendTenant({ path: { tenantId }, body: reason.trim() === '' ? {} : { reason } });
    await readAgain();
  };
  return (
    <ConfirmButton title={name} action={texts.suspend} onConfirm={suspend} button={button}>
      {texts.suspendHint}
      <TextInput mt="sm" label={common.reason} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </ConfirmButton>
  );
}
