import { defineConfig } from 'vitepress';
import { reference } from '../reference.mjs';

const page = (text, link) => ({ text, link });

export default defineConfig({
  title: 'tenantry',
  description: 'The open-source multi-tenant SaaS backend',
  srcDir: 'pages',
  outDir: 'dist',
  // A dead link fails the build. Addresses of the reader's own server are examples.
  ignoreDeadLinks: 'localhostLinks',
  lastUpdated: false,
  // Without it, browsers ask for a favicon that there is not.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [page('Quickstart', '/quickstart'), page('Documentation', '/docs/'), page('Reference', '/reference/')],
    socialLinks: [{ icon: 'github', link: 'https://github.com/tenantry/tenantry' }],
    sidebar: [
      {
        text: 'Begin',
        items: [page('Quickstart', '/quickstart'), page('All pages', '/docs/'), page('Terms', '/docs/glossary'), page('Architecture', '/docs/architecture')],
      },
      {
        text: 'Concepts',
        items: [
          page('Accounts', '/docs/accounts'),
          page('Import users', '/docs/import-users'),
          page('Sign-in with providers', '/docs/social-sign-in'),
          page('Single sign-on', '/docs/single-sign-on'),
          page('Directory sync', '/docs/directory-sync'),
          page('Access', '/docs/access'),
          page('Settings', '/docs/settings'),
          page('Usage', '/docs/usage'),
          page('Billing', '/docs/billing'),
          page('Audit log', '/docs/audit'),
          page('Consent and minors', '/docs/consent'),
          page('Data of people', '/docs/people'),
          page('Events and webhooks', '/docs/webhooks'),
          page('Isolation', '/docs/isolation'),
          page('Authority', '/docs/authority'),
          page('Rate limits', '/docs/rate-limits'),
          page('Repeat a request safely', '/docs/idempotency'),
          page('Versions of resources', '/docs/versions'),
        ],
      },
      {
        text: 'Build a product',
        items: [
          page('Describe your product', '/docs/catalog'),
          page('The console', '/docs/console'),
          page('Connect a front end', '/docs/front-end'),
          page('The TypeScript SDK', '/sdk/'),
          page('Use as a service', '/docs/use-as-a-service'),
          page('Your own resource', '/docs/your-own-resource'),
          page('Billing with Stripe', '/docs/billing-stripe'),
        ],
      },
      {
        text: 'Operate an installation',
        items: [
          page('Deploy', '/docs/deploy'),
          page('Deploy on Kubernetes', '/docs/kubernetes'),
          page('Database', '/docs/database'),
          page('Upgrade', '/docs/upgrading'),
          page('From one tenant to many', '/docs/adopt'),
          page('Scale', '/docs/scaling'),
          page('Performance', '/docs/performance'),
          page('Reliability', '/docs/reliability'),
          page('Monitor', '/docs/monitoring'),
          page('Operators', '/docs/operators'),
          page('Jobs', '/docs/jobs'),
          page('Mail', '/docs/mail'),
          page('Back up', '/docs/backup'),
          page('Secrets', '/docs/secrets'),
        ],
      },
      {
        text: 'Runbooks',
        items: [
          page('All runbooks', '/docs/runbooks/'),
          page('Daily work', '/docs/runbooks/daily'),
          page('A quota is nearly used', '/docs/runbooks/quota-alarms'),
          page('A trial ends', '/docs/runbooks/trial-expiry'),
          page('Suspend a tenant', '/docs/runbooks/suspension'),
          page('Export and restore', '/docs/runbooks/export-and-restore'),
          page('Upgrade', '/docs/runbooks/upgrade'),
          page('A key has leaked', '/docs/runbooks/leaked-key'),
          page('A lost second factor', '/docs/runbooks/lost-second-factor'),
          page('Change APP_SECRET', '/docs/runbooks/key-rotation'),
          page('A replica has failed', '/docs/runbooks/failed-replica'),
          page('The disk is full', '/docs/runbooks/full-disk'),
        ],
      },
      {
        text: 'Products',
        items: [
          page('ToolBoxAI: education', '/docs/presets/toolboxai'),
          page('QuizMarker: grading', '/docs/presets/quizmarker'),
          page('Mercura: quotes', '/docs/presets/mercura'),
          page('KnowTon: white label', '/docs/presets/knowton'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Fields of a catalog', '/reference/catalog'),
          page('Error codes', '/docs/errors'),
          page('Error codes by operation', '/reference/errors'),
          page('SQL functions', '/docs/sql-functions'),
          page('Commands', '/docs/command-line'),
          page('Versions of the API', '/docs/versioning'),
          page('Dependencies', '/docs/dependencies'),
        ],
      },
      { text: 'Operations of the API', collapsed: true, items: reference().map(({ name }) => page(name, `/reference/${name}`)) },
    ],
  },
});
