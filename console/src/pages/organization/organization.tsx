import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useRouterState } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { Shell, ShellLink } from '../../parts/shell';
import { ErrorState, LoadingState, NoPermissionState } from '../../parts/states';
import { View } from '../../parts/view';
import { texts as common } from '../../texts/texts';
import { areas } from './areas';
import { OrganizationContext, type OpenOrganization } from './context';
import { isLockedOut, LockedOut } from './locked-out';
import { texts } from './texts';
import { AwaitingConsent } from './waiting';

/**
 * Reads what the person is in the organization. A session that has begun in another organization serves none but that,
 * so it is taken out of it; each call then names its organization, and tabs can show several.
 */
async function enter(organizationId: string): Promise<OpenOrganization | null> {
  const { activeOrganization, memberships } = await api.getMe();
  const membership = memberships.find(({ organization }) => organization.id === organizationId);
  if (membership === undefined) return null;
  if (activeOrganization !== null && activeOrganization.id !== organizationId) await api.switchOrganization({ body: { organizationId: null } });
  const own = api.forOrganization(organizationId);
  // Members learn who they are whatever the security policy asks for. Where it refuses the session, no page has anything to show.
  const [me, refusal] = await Promise.all([
    own.getMe(),
    own.checkAccess({ body: {} }).then(
      () => undefined,
      (error: unknown) => error,
    ),
  ]);
  if (isLockedOut(refusal)) throw refusal;
  const permissions = new Set(me.permissions);
  return { id: organizationId, name: membership.organization.name, api: own, me, may: (permission) => permissions.has(permission) };
}

/** The console of an organization: its shell, for the pages of its areas. */
export function Page() {
  const { organizationId = '' } = useParams({ strict: false });
  const query = useQuery({ queryKey: ['organization', organizationId, 'access'], queryFn: () => enter(organizationId) });
  if (query.error !== null && query.data === undefined)
    return (
      <Sheet title={common().failed} footer={<Link to="/organizations">{common().yourOrganizations}</Link>}>
        <ErrorState error={query.error} onRetry={query.refetch} />
        {isLockedOut(query.error) ? <LockedOut organizationId={organizationId} /> : null}
      </Sheet>
    );
  if (query.data === undefined) return <LoadingState />;
  if (query.data === null)
    return (
      <Sheet title={texts.notMemberTitle} footer={<Link to="/organizations">{common().yourOrganizations}</Link>}>
        {texts.notMember}
      </Sheet>
    );
  return <Console organization={query.data} />;
}

/** The part of an address that names the area. */
const segmentOf = (path: string): string => path.split('/')[3] ?? '';

function Console({ organization }: { readonly organization: OpenOrganization }) {
  const { id, name, me, may } = organization;
  const isOffered = ({ permissions }: (typeof areas)[number]): boolean => permissions.length === 0 || permissions.some(may);
  const opened = useRouterState({ select: ({ location }) => segmentOf(location.pathname) });
  const refused = areas.find((area) => segmentOf(area.to) === opened && !isOffered(area));
  const warning = me.status === 'awaiting_consent' ? texts.awaitingConsent : me.status === 'guardian_access_closed' ? texts.guardianClosed : undefined;
  const impersonated = me.impersonatedBy === null ? undefined : texts.impersonated(me.impersonatedBy.reason);
  return (
    <OrganizationContext value={organization}>
      <Shell
        title={name}
        person={me.user.name}
        banner={
          (impersonated ?? warning) === undefined ? undefined : (
            <Alert color={impersonated === undefined ? 'yellow' : 'red'} variant="outline" role="status">
              {impersonated ?? warning}
            </Alert>
          )
        }
        navigation={areas.filter(isOffered).map(({ to, label }) => (
          <ShellLink
            key={to}
            to={to}
            params={{ organizationId: id }}
            label={label}
            activeOptions={{ exact: to === '/organizations/$organizationId' }}
            activeProps={{ active: true }}
          />
        ))}
      >
        {me.status === 'awaiting_consent' && me.impersonatedBy === null ? (
          <AwaitingConsent />
        ) : refused === undefined ? undefined : (
          <View title={refused.label}>
            <NoPermissionState />
          </View>
        )}
      </Shell>
    </OrganizationContext>
  );
}
