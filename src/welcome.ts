import { SystemClock } from './common/clock.js';
import type { AppConfig } from './config/app-config.js';
import type { FirstAdmin } from './modules/auth/platform/platform-admins.service.js';

export interface Welcome {
  readonly url: string;
  readonly config: AppConfig;
  /** The folder of the embedded database; undefined when the database is at DATABASE_URL. */
  readonly databaseHome: string | undefined;
  /** Set only when it was created at this start with a generated password. */
  readonly admin: FirstAdmin | undefined;
}

/** Whether this version of Node.js no longer gets security updates. Node.js 20 reached its end of life in April 2026 (nodejs.org, "Previous releases"). */
const isOutdated = Number(process.versions.node.split('.', 1)[0]) < 22;

/** Returns what is printed when the server is ready: a JSON line in production, a text for people otherwise. */
export function welcome(welcoming: Welcome): string {
  const { url, config, databaseHome, admin } = welcoming;
  if (!config.production) return welcomeText(welcoming);
  const [database, mail] = [databaseHome === undefined ? 'external' : databaseHome, config.smtpUrl === undefined ? `${config.dataDir}/mail` : 'smtp'];
  const time = new SystemClock().now().toISOString();
  return JSON.stringify({
    level: 'info',
    time,
    msg: `tenantry is ready at ${url}`,
    url,
    database,
    mail,
    node: process.version,
    ...(admin === undefined ? {} : { firstAdmin: admin }),
  });
}

/** Returns how to begin: with a sign-up, or with an account of an identity provider. */
function firstSteps(url: string, { catalog }: AppConfig): string[] {
  const { password, mail } = catalog.signIn;
  if (!password && !mail) return ['  First platform administrator: sign in at an identity provider, then run', '    npx tenantry admin:create --email <your address>', ''];
  const body = { email: 'ada@example.com', ...(password ? { password: 'correct horse battery staple' } : {}), name: 'Ada', organization: { name: 'Acme' } };
  return ['  Sign up:', `    curl -s ${url}/api/v1/auth/signup -H 'content-type: application/json' -d \\`, `      '${JSON.stringify(body)}'`, ''];
}

function welcomeText({ url, config, databaseHome, admin }: Welcome): string {
  const lines = [
    '',
    `  tenantry is ready at ${url}`,
    '',
    ...(config.servesConsole ? [`  Sign up       ${config.appUrl}/sign-up`] : []),
    `  API reference ${url}/docs`,
    `  OpenAPI       ${url}/openapi.json`,
    `  Demo          npm run demo -- ${url}   (in another terminal)`,
    `  Demo data     npm run seed:demo -- ${url}`,
    `  Database      ${databaseHome === undefined ? 'DATABASE_URL' : `embedded PostgreSQL, data in ${databaseHome}`} (inspect it with: npm run doctor)`,
    `  Mail          ${config.smtpUrl === undefined ? `${url}/dev/mail   (written to ${config.dataDir}/mail)` : `sent through SMTP_URL; previews at ${url}/dev/mail`}`,
    ...(isOutdated ? [`  Node.js       ${process.version} has reached its end of life. Node.js 24 is recommended, and faster.`] : []),
    ...(admin === undefined
      ? []
      : [
          '',
          ...(admin.password === undefined
            ? ['  First platform administrator, who signs in by mail:', `    ${admin.email}`]
            : [
                '  First platform administrator (the password is shown only once):',
                `    ${admin.email}  ${admin.password}`,
                `    (lost? npx tenantry admin:password ${admin.email})`,
              ]),
        ]),
    '',
    ...firstSteps(url, config),
  ];
  return lines.join('\n');
}
