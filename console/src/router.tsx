import { createRootRoute, createRoute, createRouter, lazyRouteComponent, parseSearchWith, redirect, stringifySearchWith } from '@tanstack/react-router';
import { isSignedIn, queries } from './api/client';
import { settings } from './api/settings';
import { meQuery } from './pages/account/queries';
import { NotFoundPage } from './pages/not-found';
import { readSearch } from './pages/operator/search';
import { PageFailure, Root } from './parts/root';
import { startOf } from './parts/sign-in-end';

/** The parameters of addresses that pages read. */
export interface Search {
  readonly token?: string;
  readonly organization?: string;
  readonly return_to?: string;
  readonly email?: string;
  /** A connection of single sign-on to link the account to. */
  readonly sso?: string;
  readonly state?: string;
  readonly code?: string;
  readonly iss?: string;
  readonly error?: string;
  readonly error_description?: string;
}

const names = ['token', 'organization', 'return_to', 'email', 'sso', 'state', 'code', 'iss', 'error', 'error_description'] as const satisfies readonly (keyof Search)[];

const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFoundPage,
  validateSearch: (search): Search => Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' ? [[name, search[name]]] : []))),
});

/** Sends visitors without a session to the sign-in page, and back after it. */
function requireSession({ location }: { readonly location: { readonly href: string } }): void {
  if (!isSignedIn()) throw redirect({ to: '/sign-in', search: { return_to: location.href } });
}

const page = <Path extends string>(path: Path, load: () => Promise<{ readonly Page: () => React.ReactNode }>, forEverybody = true) =>
  createRoute({ getParentRoute: () => rootRoute, path, component: lazyRouteComponent(load, 'Page'), ...(forEverybody ? {} : { beforeLoad: requireSession }) });

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async () => {
    if (!isSignedIn()) throw redirect({ to: settings.methods.length > 0 ? '/sign-in' : '/sign-up' });
    throw redirect(startOf(await queries.fetchQuery(meQuery)));
  },
});

/** The areas of the console of an organization. */
const organization = createRoute({
  getParentRoute: () => rootRoute,
  path: '/organizations/$organizationId',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./pages/organization/organization'), 'Page'),
});

const area = <Path extends string>(path: Path, load: () => Promise<{ readonly Page: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => organization, path, component: lazyRouteComponent(load, 'Page') });

/** The areas of the console of operators. */
const operator = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operator',
  beforeLoad: requireSession,
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./pages/operator/operator'), 'Page'),
});

const operatorArea = <Path extends string>(path: Path, load: () => Promise<{ readonly Page: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => operator, path, component: lazyRouteComponent(load, 'Page') });

const routeTree = rootRoute.addChildren([
  home,
  operator.addChildren([
    operatorArea('/', () => import('./pages/operator/overview')),
    operatorArea('/tenants', () => import('./pages/operator/tenants')),
    operatorArea('/tenants/$tenantId', () => import('./pages/operator/tenant')),
    operatorArea('/users', () => import('./pages/operator/users')),
    operatorArea('/usage', () => import('./pages/operator/usage')),
    operatorArea('/invoices', () => import('./pages/operator/invoices')),
    operatorArea('/jobs', () => import('./pages/operator/jobs')),
    operatorArea('/mail', () => import('./pages/operator/mail')),
    operatorArea('/webhooks', () => import('./pages/operator/webhooks')),
    operatorArea('/webhooks/$webhookId', () => import('./pages/operator/webhook')),
    operatorArea('/service-keys', () => import('./pages/operator/service-keys')),
    operatorArea('/audit', () => import('./pages/operator/audit')),
    operatorArea('/privacy', () => import('./pages/operator/privacy')),
    operatorArea('/backups', () => import('./pages/operator/backups')),
    operatorArea('/health', () => import('./pages/operator/health')),
  ]),
  page('/sign-in', () => import('./pages/sign-in/sign-in')),
  page('/sign-in/mail', () => import('./pages/links/mail-sign-in')),
  page('/sign-in/$provider', () => import('./pages/sign-in/provider-return')),
  page('/sign-in/sso/$ssoConnectionId', () => import('./pages/sign-in/sso-return')),
  page('/sign-up', () => import('./pages/sign-in/sign-up')),
  page('/forgot-password', () => import('./pages/sign-in/forgot-password')),
  page('/reset-password', () => import('./pages/links/reset-password')),
  page('/verify-email', () => import('./pages/links/verify-email')),
  page('/invitations/accept', () => import('./pages/links/invitation')),
  page('/consent', () => import('./pages/links/consent')),
  page('/consent/withdraw', () => import('./pages/links/withdraw-consent')),
  page('/undo-email-change', () => import('./pages/links/undo-email-change')),
  page('/undo-second-factor', () => import('./pages/links/undo-second-factor')),
  page('/undo-passkey', () => import('./pages/links/undo-passkey')),
  page('/confirm-second-factor', () => import('./pages/links/confirm-second-factor'), false),
  page('/break-glass', () => import('./pages/links/break-glass'), false),
  page('/sso-setup', () => import('./pages/sso-setup')),
  page('/organizations', () => import('./pages/account/organizations'), false),
  page('/account', () => import('./pages/account/account'), false),
  organization.addChildren([
    area('/', () => import('./pages/organization/overview')),
    area('/members', () => import('./pages/organization/members')),
    area('/roles', () => import('./pages/organization/roles')),
    area('/settings', () => import('./pages/organization/settings')),
    area('/branding', () => import('./pages/organization/branding')),
    area('/security', () => import('./pages/organization/security')),
    area('/domains', () => import('./pages/organization/domains')),
    area('/sso', () => import('./pages/organization/sso')),
    area('/api-keys', () => import('./pages/organization/api-keys')),
    area('/webhooks', () => import('./pages/organization/webhooks')),
    area('/webhooks/$webhookId', () => import('./pages/organization/webhooks/webhook')),
    area('/usage', () => import('./pages/organization/usage')),
    area('/billing', () => import('./pages/organization/billing')),
    area('/audit', () => import('./pages/organization/audit')),
    area('/data', () => import('./pages/organization/data')),
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultErrorComponent: PageFailure,
  // Tokens in addresses are texts, also those that look like numbers.
  parseSearch: parseSearchWith((text) => text),
  stringifySearch: stringifySearchWith(String),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
