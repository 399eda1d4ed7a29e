import { Loader } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { knownDevice, type SignInAnswer } from '../../api/client';
import { endVisit } from '../../api/provider-visit';
import type { Search } from '../../router';
import { Failure } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { useSignInEnd } from '../../parts/sign-in-end';
import { useOnce } from '../../parts/use-once';
import { texts } from '../../texts/texts';
import { SecondStep } from './second-step';

/** What the page of a return sends to the API. */
export interface VisitResult {
  readonly state: string;
  readonly verifier: string;
  readonly code?: string;
  readonly iss?: string;
  readonly error?: string;
  readonly errorDescription?: string;
  readonly deviceToken?: string;
}

/** Returns what the API needs to complete a visit: what the identity provider has added to the address, and the secret. */
export function resultOf({ state = '', code, iss, error, error_description: errorDescription }: Search, verifier: string): VisitResult {
  const given = Object.fromEntries(Object.entries({ code, iss, error, errorDescription }).filter(([, value]) => value !== undefined));
  return { state, verifier, ...given, ...knownDevice() };
}

interface ReturnProps {
  readonly complete: (result: VisitResult) => Promise<SignInAnswer>;
  /** What to offer after a failure, besides another sign-in. */
  readonly more?: (error: unknown) => ReactNode;
}

/** Completes a sign-in when an identity provider has sent the person back. */
export function Return({ complete, more }: ReturnProps) {
  const t = texts();
  const search = useSearch({ strict: false });
  const [mfaToken, setMfaToken] = useState<string>();
  const [returnTo, setReturnTo] = useState<string>();
  const end = useSignInEnd(returnTo);
  const { mutate, error } = useMutation({
    mutationFn: async () => {
      const visit = endVisit();
      setReturnTo(visit.returnTo);
      return complete(resultOf(search, visit.verifier));
    },
    onSuccess: async (answer) => {
      if ('mfaToken' in answer) setMfaToken(answer.mfaToken);
      else await end();
    },
  });
  useOnce(mutate);
  if (mfaToken !== undefined) return <SecondStep mfaToken={mfaToken} onDone={end} />;
  return (
    <Sheet title={t.returning}>
      {error === null ? <Loader role="img" aria-label={t.loading} /> : <Failure error={error} />}
      {error === null ? null : more?.(error)}
      {error === null ? null : <Link to="/sign-in">{t.signIn}</Link>}
    </Sheet>
  );
}
