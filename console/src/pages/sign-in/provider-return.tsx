import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { api } from '../../api/client';
import { endVisit, keptPurpose } from '../../api/provider-visit';
import { resultOf, Return } from './return';

const LinkReturn = lazy(async () => ({ default: (await import('../account/link-return')).LinkReturn }));

export function Page() {
  const { provider = '' } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const [purpose] = useState(keptPurpose);
  if (purpose !== 'link') return <Return complete={(body) => api.completeProviderSignIn({ path: { provider }, body })} />;
  return (
    <Suspense>
      <LinkReturn complete={() => api.completeProviderLink({ path: { provider }, body: resultOf(search, endVisit().verifier) })} />
    </Suspense>
  );
}
