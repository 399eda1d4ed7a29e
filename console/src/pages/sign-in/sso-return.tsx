import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { api } from '../../api/client';
import { endVisit, keptPurpose } from '../../api/provider-visit';
import { resultOf, Return } from './return';

const TestReturn = lazy(async () => ({ default: (await import('../organization/sso/test-return')).TestReturn }));

export function Page() {
  const { ssoConnectionId = '' } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const [purpose] = useState(keptPurpose);
  if (purpose === undefined || purpose === 'link') return <Return complete={(body) => api.completeSso({ path: { ssoConnectionId }, body })} />;
  return (
    <Suspense>
      <TestReturn test={purpose} result={() => resultOf(search, endVisit().verifier)} />
    </Suspense>
  );
}
