import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { Shell, ShellLink } from '../../parts/shell';
import { ErrorState, LoadingState, NoPermissionState } from '../../parts/states';
import { texts as common } from '../../texts/texts';
import { areas } from './areas';
import { operatorKey, operatorsQuery } from './queries';
import { texts } from './texts';
import { queries } from '../../api/client';

/** Asks the API whether the person is an operator, and whether this session may work as one. @returns null for everybody else */
async function enter() {
  const me = await api.getMe();
  if (!me.platformAdmin) return null;
  await queries.fetchQuery(operatorsQuery);
  return me;
}

/** The console of operators: its shell, for the pages of its areas. */
export function Page() {
  const query = useQuery({ queryKey: [operatorKey, 'access'], queryFn: enter });
  const footer = <Link to="/account">{common().account}</Link>;
  if (query.data === undefined && query.error === null) return <LoadingState />;
  if (query.data === undefined)
    return (
      <Sheet title={common().failed} footer={footer}>
        <ErrorState error={query.error} onRetry={query.refetch} />
      </Sheet>
    );
  if (query.data === null)
    return (
      <Sheet title={texts.title} footer={footer}>
        <NoPermissionState />
      </Sheet>
    );
  return (
    <Shell
      title={texts.title}
      person={query.data.user.name}
      navigation={areas.map(({ to, label }) => (
        <ShellLink key={to} to={to} label={label} activeOptions={{ exact: to === '/operator', includeSearch: false }} activeProps={{ active: true }} />
      ))}
    />
  );
}
