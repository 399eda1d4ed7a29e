import { Checkbox, Group, Stack } from '@mantine/core';
import type { Data as DataOf } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { Exports } from '../../../parts/exports';
import { Section } from '../../../parts/view';
import { Link } from '../../../parts/link';
import { LegalHold } from '../privacy/hold';
import { operatorKey, readAgain } from '../queries';
import { texts } from './texts';

/** What leaves with the data of the tenant, and what keeps it. */
export function Data({ tenant: { id, name, slug, deletedAt } }: { readonly tenant: DataOf<'getTenant'> }) {
  const path = { tenantId: id };
  return (
    <Stack gap="xl">
      <Exports
        description={texts.exportsHint}
        list={[operatorKey, 'tenant', id, 'exports']}
        load={(query) => api.listTenantExports({ path, query })}
        create={() => api.createTenantExport({ path })}
        cancel={(exportId) => api.cancelTenantExport({ path: { ...path, exportId } })}
        makeLink={(exportId) => api.createTenantExportLink({ path: { ...path, exportId } })}
        // The archive of a member has no credentials: the members could not sign in.
        action={(made, nameOf) =>
          made.byOperator ? (
            <Link to="/operator/backups" search={{ search: id, target: made.id }} aria-label={nameOf(texts.restoreCopy)}>
              {texts.restoreCopy}
            </Link>
          ) : null
        }
        canCreate={deletedAt === null}
      >
        {texts.exportQuestionHint}
      </Exports>
      <Section title={texts.restoration} description={texts.restorationHint}>
        <Link to="/operator/backups" search={{ search: id }}>
          {texts.toBackups}
        </Link>
      </Section>
      <Section title={texts.legalHold} description={texts.legalHoldHint}>
        <LegalHold kind="organization" subjectId={id} name={name} hint={texts.legalHoldHint} />
        <Link to="/operator/privacy">{texts.toHolds}</Link>
      </Section>
      {deletedAt === null ? (
        <Section title={texts.deprovision} description={texts.deprovisionHint}>
          <Group>
            <DeprovisionButton tenantId={id} name={name} slug={slug} />
          </Group>
        </Section>
      ) : null}
    </Stack>
  );
}

/** Closes the tenant for good, with an archive on the server by default. */
function DeprovisionButton({ tenantId, name, slug }: { readonly tenantId: string; readonly name: string; readonly slug: string }) {
  const [backup, setBackup] = useState(true);
  const deprovision = async (): Promise<void> => {
    await api.deprovisionTenant({ path: { tenantId }, body: { backup } });
    await readAgain();
  };
  return (
    <ConfirmButton title={name} action={texts.deprovision} phrase={slug} onConfirm={deprovision} button={{ color: 'red', variant: 'outline' }}>
      {texts.deprovisionHint}
      <Checkbox mt="sm" label={texts.withBackup} checked={backup} onChange={({ currentTarget }) => setBackup(currentTarget.checked)} />
    </ConfirmButton>
  );
}
