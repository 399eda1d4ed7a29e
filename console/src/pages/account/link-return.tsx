import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Failure } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { LoadingState } from '../../parts/states';
import { useOnce } from '../../parts/use-once';
import { texts } from '../../texts/texts';

/** Links an account when an identity provider has sent the person back. The page of the account lists it. */
export function LinkReturn({ complete }: { readonly complete: () => Promise<unknown> }) {
  const t = texts();
  const router = useRouter();
  const { mutate, error } = useMutation({ mutationFn: complete, onSuccess: () => router.navigate({ to: '/account' }) });
  useOnce(mutate);
  return (
    <Sheet title={t.linking} footer={<Link to="/account">{t.account}</Link>}>
      {error === null ? <LoadingState /> : <Failure error={error} />}
    </Sheet>
  );
}
