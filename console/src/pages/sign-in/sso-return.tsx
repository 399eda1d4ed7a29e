import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { isTenantryError } from '@tenantry/sdk';
import { lazy, Suspense, useState } from 'react';
import { api, isSignedIn } from '../../api/client';
import { beginVisit, endVisit, keptPurpose } from '../../api/provider-visit';
import { Failure } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { LoadingState } from '../../parts/states';
import { useOnce } from '../../parts/use-once';
import { texts } from '../../texts/texts';
import { resultOf, Return } from './return';

const TestReturn = lazy(async () => ({ default: (await import('../organization/sso/test-return')).TestReturn }));
const LinkReturn = lazy(async () => ({ default: (await import('../account/link-return')).LinkReturn }));

export function Page() {
  const { ssoConnectionId = '' } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const [purpose] = useState(keptPurpose);
  const path = { ssoConnectionId };
  // The person began at the identity provider, and has not been here before.
  if (search.state === undefined && search.error === undefined) return <Begin ssoConnectionId={ssoConnectionId} />;
  if (purpose === undefined)
    return <Return complete={(body) => api.completeSso({ path, body })} more={(error) => <LinkInstead error={error} ssoConnectionId={ssoConnectionId} />} />;
  return (
    <Suspense>
      {purpose === 'link' ? (
        <LinkReturn complete={() => api.completeSsoLink({ path, body: resultOf(search, endVisit().verifier) })} />
      ) : (
        <TestReturn test={purpose} result={() => resultOf(search, endVisit().verifier)} />
      )}
    </Suspense>
  );
}

/** Sends the person to the identity provider, which they have just left signed in. It asks somebody who has a session here, because any page can lead to this one. */
function Begin({ ssoConnectionId }: { readonly ssoConnectionId: string }) {
  const t = texts();
  const [asks] = useState(isSignedIn);
  const { mutate, error, isPending } = useMutation({
    mutationFn: async () => api.beginSso({ path: { ssoConnectionId }, body: { challenge: await beginVisit(undefined) } }),
    onSuccess: ({ url }) => location.replace(url),
  });
  useOnce(mutate, !asks);
  return (
    <Sheet title={t.returning}>
      <Failure error={error} />
      {asks ? (
        <>
          <Text>{t.otherSignIn}</Text>
          <Button loading={isPending} onClick={() => mutate()}>
            {t.continue}
          </Button>
        </>
      ) : error === null ? (
        <LoadingState />
      ) : (
        <Link to="/sign-in">{t.signIn}</Link>
      )}
    </Sheet>
  );
}

const linkable = ['sso_address_not_proved', 'sso_member_above_author'] as const;

/** Leads a member whom single sign-on does not know to the page of the account, which links the two. */
function LinkInstead({ error, ssoConnectionId }: { readonly error: unknown; readonly ssoConnectionId: string }) {
  if (!linkable.some((code) => isTenantryError(error, code))) return null;
  return (
    <Link to="/sign-in" search={{ return_to: `/account?sso=${ssoConnectionId}` }}>
      {texts().linkInstead}
    </Link>
  );
}
