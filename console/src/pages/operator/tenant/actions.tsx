import { useRouter } from '@tanstack/react-router';
import type { Data } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { ReasonButton } from '../parts';
import { readAgain } from '../queries';
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
        <ReasonButton
          title={name}
          action={texts.suspend}
          onConfirm={(reason) => done(api.suspendTenant({ path, body: reason === '' ? {} : { reason } }))}
          isOptional
          button={button}
        >
          {texts.suspendHint}
        </ReasonButton>
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
