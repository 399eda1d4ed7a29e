import { Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../../../api/client';
import type { Test } from '../../../api/provider-visit';
import { setupClient } from '../../../api/setup-client';
import { Failure, Success } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { Sheet } from '../../../parts/sheet';
import { LoadingState } from '../../../parts/states';
import { useOnce } from '../../../parts/use-once';
import type { VisitResult } from '../../sign-in/return';
import { texts } from './texts';

interface TestReturnProps {
  readonly test: Test;
  readonly result: () => VisitResult;
}

/** Completes the test of a connection when the identity provider has sent the person back. Nobody is signed in by it. */
export function TestReturn({ test, result }: TestReturnProps) {
  const { ssoConnectionId = '' } = useParams({ strict: false });
  const { mutate, data, error } = useMutation({
    mutationFn: () => {
      const call = { path: { ssoConnectionId }, body: result() };
      return 'setupToken' in test ? setupClient(test.setupToken).completeSetUpSsoTest(call) : api.forOrganization(test.organizationId).completeSsoTest(call);
    },
  });
  useOnce(mutate);
  return (
    <Sheet title={texts.testTitle}>
      {data === undefined && error === null ? <LoadingState /> : null}
      <Failure error={error} />
      {data === undefined ? null : (
        <Stack gap="xs">
          <Success>{texts.testPassed}</Success>
          {data.email === null ? null : <Text>{texts.testAddress(data.email)}</Text>}
          <Text>{texts.testRole(data.role)}</Text>
          <Text size="sm">{texts.testClaims(data.claims.join(', '))}</Text>
          {data.addressProved ? null : <Text>{texts.testNoDomain}</Text>}
        </Stack>
      )}
      {'setupToken' in test ? (
        <Link to="/sso-setup" hash={`token=${test.setupToken}`}>
          {texts.backToSetup}
        </Link>
      ) : (
        <Link to="/organizations/$organizationId/sso" params={test}>
          {texts.back}
        </Link>
      )}
    </Sheet>
  );
}
