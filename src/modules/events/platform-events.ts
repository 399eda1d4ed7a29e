import type { ApiKey, Domain, Invitation, Membership, Organization, SettingsDocument, SsoConnection, Team } from '../../generated/prisma/client.js';
import { DeletedResourceDto, eventSource, eventsOfResource, type EventSource, type ReadableEventType, type RowChange } from './event-source.js';
import {
  ApiKeyEventDto,
  DomainEventDto,
  InvitationEventDto,
  MemberEventDto,
  MemberRoleEventDto,
  OrganizationEventDto,
  PeriodEventDto,
  PurchaseEventDto,
  SettingsEventDto,
  SsoConnectionEventDto,
  SubscriptionEventDto,
  TeamEventDto,
  ThresholdEventDto,
} from './platform-events.dto.js';

/** Whether an update has changed one of these columns. */
const changes = ({ after }: RowChange, ...columns: readonly string[]): boolean => after !== null && columns.some((column) => column in after);

const members = eventSource<Membership>({
  model: 'Membership',
  permission: 'members:read',
  types: {
    'member.added': { description: 'A user became a member, in any way', data: MemberEventDto },
    'member.role_changed': { description: 'The base role of a member was changed', data: MemberRoleEventDto },
    'member.removed': { description: 'A member was removed, or left', data: MemberEventDto },
  },
  typeOf: (change) =>
    change.operation === 'insert' ? 'member.added' : change.operation === 'delete' ? 'member.removed' : changes(change, 'role') ? 'member.role_changed' : undefined,
  userOf: ({ userId }) => userId,
  dataOf: ({ row: { userId, role, createdAt }, change: { operation, before }, user }) => {
    const member = { userId, email: user?.email ?? null, name: user?.name ?? null, role, createdAt };
    return operation === 'update' ? { ...member, previousRole: before?.['role'] } : member;
  },
});

const invitations = eventSource<Invitation>({
  model: 'Invitation',
  permission: 'invitations:read',
  types: {
    'invitation.created': { description: 'A person was invited', data: InvitationEventDto },
    'invitation.accepted': { description: 'An invitation was accepted', data: InvitationEventDto },
    'invitation.declined': { description: 'An invitation was declined', data: InvitationEventDto },
    'invitation.revoked': { description: 'An invitation was revoked, or another one took its place', data: InvitationEventDto },
  },
  typeOf: (change) => {
    const { operation, after } = change;
    if (operation === 'insert') return 'invitation.created';
    const closed = ['accepted', 'declined', 'revoked'].find((status) => status === after?.['status']);
    return operation === 'update' && closed !== undefined ? `invitation.${closed}` : undefined;
  },
  dataOf: ({ row: { id, email, role, status, invitedById, expiresAt, createdAt } }) => ({ id, email, role, status, invitedById, expiresAt, createdAt }),
});

/** Columns that the API shows, apart from those that have events of their own. */
const profile = ['name', 'slug', 'display_name', 'description', 'email', 'phone', 'website', 'address', 'timezone', 'locale', 'organization_type', 'industry', 'size_category'];
const organizationFlags = ['plan', 'status', 'is_verified', 'is_demo', 'maintenance_mode'];

const organizations = eventSource<Organization>({
  model: 'Organization',
  permission: 'organization:read',
  types: {
    'organization.updated': { description: 'The profile, the plan or the state of the organization was changed', data: OrganizationEventDto },
    'organization.suspended': { description: 'The organization was suspended', data: OrganizationEventDto },
    'organization.resumed': { description: 'The suspension of the organization ended', data: OrganizationEventDto },
    'organization.deleted': { description: 'The organization was deleted. It can be restored until `eraseAfter`', data: OrganizationEventDto },
    'organization.restored': { description: 'The deleted organization was restored', data: OrganizationEventDto },
  },
  typeOf: (change) => {
    const { operation, before, after } = change;
    if (operation !== 'update') return undefined;
    if (changes(change, 'deleted_at')) return after?.['deleted_at'] === null ? 'organization.restored' : 'organization.deleted';
    if (changes(change, 'status') && after?.['status'] === 'suspended') return 'organization.suspended';
    if (changes(change, 'status') && before?.['status'] === 'suspended') return 'organization.resumed';
    return changes(change, ...profile, ...organizationFlags) ? 'organization.updated' : undefined;
  },
  dataOf: ({ row: { id, name, slug, displayName, plan, status, maintenanceMode, timezone, locale, version, createdAt, updatedAt, deletedAt, eraseAfter } }) => ({
    id,
    name,
    slug,
    displayName,
    plan,
    status,
    maintenanceMode,
    timezone,
    locale,
    version,
    createdAt,
    updatedAt,
    deletedAt,
    eraseAfter,
  }),
});

const settings = eventSource<SettingsDocument>({
  model: 'SettingsDocument',
  permission: 'settings:read',
  types: { 'settings.updated': { description: 'A settings document was changed', data: SettingsEventDto } },
  typeOf: ({ operation }) => (operation === 'delete' ? undefined : 'settings.updated'),
  dataOf: ({ row: { section, version } }) => ({ section, version }),
});

const apiKeys = eventSource<ApiKey>({
  model: 'ApiKey',
  permission: 'api_keys:read',
  types: {
    'api_key.created': { description: 'An API key was created', data: ApiKeyEventDto },
    'api_key.updated': { description: 'An API key was changed, enabled or disabled', data: ApiKeyEventDto },
    'api_key.rotated': { description: 'An API key got a new secret', data: ApiKeyEventDto },
    'api_key.revoked': { description: 'An API key was revoked, or ended with the membership of its owner', data: ApiKeyEventDto },
  },
  typeOf: (change) => {
    if (change.operation === 'insert') return 'api_key.created';
    if (change.operation === 'delete') return 'api_key.revoked';
    if (changes(change, 'token_hash')) return 'api_key.rotated';
    return changes(change, 'name', 'permissions', 'enabled', 'expires_at', 'allowed_ips', 'rate_limit') ? 'api_key.updated' : undefined;
  },
  dataOf: ({ row: { id, name, hint, permissions, ownerId, enabled, expiresAt, createdAt } }) => ({ id, name, hint, permissions, ownerId, enabled, expiresAt, createdAt }),
});

const domains = eventSource<Domain>({
  model: 'Domain',
  permission: 'security:read',
  types: {
    'domain.verified': { description: 'A domain was proved', data: DomainEventDto },
    'domain.unverified': { description: 'A domain is no longer proved', data: DomainEventDto },
    'domain.deleted': { description: 'A domain was removed', data: DeletedResourceDto },
  },
  typeOf: (change) => {
    if (change.operation === 'delete') return 'domain.deleted';
    if (!changes(change, 'grade')) return undefined;
    return change.after?.['grade'] !== null ? 'domain.verified' : change.operation === 'update' ? 'domain.unverified' : undefined;
  },
  dataOf: ({ row: { id, kind, name, grade, verifiedAt }, change }) => (change.operation === 'delete' ? { id } : { id, kind, domain: name, grade, verifiedAt }),
});

const ssoConnections = eventsOfResource<SsoConnection, SsoConnectionEventDto>({
  name: 'sso_connection',
  model: 'SsoConnection',
  permission: 'security:read',
  dto: SsoConnectionEventDto,
  toDto: ({ id, name, protocol, enabled, createdAt }) => ({ id, name, protocol, enabled, createdAt }),
});

const teams = eventsOfResource<Team, TeamEventDto>({
  name: 'team',
  model: 'Team',
  permission: 'teams:read',
  dto: TeamEventDto,
  toDto: ({ id, name, description, createdAt, updatedAt }) => ({ id, name, description, createdAt, updatedAt }),
});

/** The events of the platform that are derived from changes of its tables. */
export const platformSources: readonly EventSource[] = [apiKeys, domains, invitations, members, organizations, settings, ssoConnections, teams];

const ofSubscription = (description: string): ReadableEventType => ({ description, data: SubscriptionEventDto, permission: 'billing:manage' });
const ofPurchase = (description: string): ReadableEventType => ({ description, data: PurchaseEventDto, permission: 'billing:manage' });
const ofUsage = (description: string, data: ReadableEventType['data']): ReadableEventType => ({ description, data, permission: 'usage:read' });

/** The events that usage and billing write themselves, in the transaction of the change. Others that they write are for the operator, and are in no log. */
export const directEvents: Readonly<Record<string, ReadableEventType>> = {
  'subscription.activated': ofSubscription('A subscription that was bought began'),
  'subscription.assigned': ofSubscription('The operator assigned a plan'),
  'subscription.billing_changed': ofSubscription('The operator changed who bills the organization'),
  'subscription.cancel_scheduled': ofSubscription('The subscription will end with the running period'),
  'subscription.canceled': ofSubscription('The subscription ended'),
  'subscription.change_scheduled': ofSubscription('A change takes effect with the next period'),
  'subscription.changed': ofSubscription('The plan, the seats, the interval or the add-ons changed'),
  'subscription.downgraded': ofSubscription('The plan changed to a free one at the end of the period'),
  'subscription.past_due': ofSubscription('A payment is late'),
  'subscription.paused': ofSubscription('The operator paused the subscription'),
  'subscription.recovered': ofSubscription('A late payment has arrived, or is no longer due'),
  'subscription.renewed': ofSubscription('A new period of billing began'),
  'subscription.resumed': ofSubscription('A cancellation, a scheduled change or a pause was withdrawn'),
  'subscription.trial_ended': ofSubscription('The trial ended without a payment'),
  'subscription.trial_set': ofSubscription('The operator set the end of the trial'),
  'subscription.unpaid': ofSubscription('The grace period of a late payment is over'),
  'subscription.purchase_requested': ofPurchase('A purchase waits for its payment, or for the operator'),
  'subscription.purchase_withdrawn': ofPurchase('A purchase that waited was withdrawn'),
  'subscription.purchase_declined': ofPurchase('The operator declined a purchase'),
  'subscription.purchase_expired': ofPurchase('A purchase was not paid in time'),
  'usage.threshold_reached': ofUsage('80 or 100 % of the allowance of a meter are used, once each in a period', ThresholdEventDto),
  'usage.period_closed': ofUsage('A period of usage ended', PeriodEventDto),
  'usage.period_corrected': ofUsage('The usage of a period that has ended was corrected', PeriodEventDto),
};
