import type { AppConfig } from './config/app-config.js';
import type { FirstAdmin } from './modules/auth/platform-admins.service.js';

export interface Welcome {
  readonly url: string;
  readonly config: AppConfig;
  /** The folder of the embedded database; undefined when the database is at DATABASE_URL. */
  readonly databaseHome: string | undefined;
  /** Only when it was made just now with a password of ours. */
  readonly admin: FirstAdmin | undefined;
}

/** What to try first, printed when the server is ready. */
export function welcome({ url, config, databaseHome, admin }: Welcome): string {
  const lines = [
    '',
    `  tenantry is ready at ${url}`,
    '',
    `  Try it out    ${url}/docs`,
    `  Contract      ${url}/openapi.json`,
    `  A tour        npm run demo   (in another terminal)`,
    `  Database      ${databaseHome === undefined ? 'the one at DATABASE_URL' : `embedded PostgreSQL, data in ${databaseHome}`} (npm run doctor inspects it)`,
    `  Mail          ${config.smtpUrl === undefined ? `written to ${config.dataDir}/mail as .eml files` : 'sent over SMTP_URL'}`,
    ...(admin === undefined ? [] : ['', '  First platform admin, shown only this once:', `    ${admin.email}  ${admin.password}`]),
    '',
    '  Sign up:',
    `    curl -s ${url}/api/v1/auth/signup -H 'content-type: application/json' -d \\`,
    `      '{"email":"ada@example.com","password":"correct horse battery staple","name":"Ada","organization":{"name":"Acme"}}'`,
    '',
  ];
  return lines.join('\n');
}
