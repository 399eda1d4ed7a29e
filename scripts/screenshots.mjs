// npm run screenshots: starts a server of its own with the data of the demo, opens the main pages of the console in Chromium, and writes pictures of them to docs/screenshots/.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@tenantry/sdk';
import { chromium } from 'playwright-core';
import { npmScript } from './arguments.mjs';

npmScript('screenshots', 'Writes the screenshots of the documentation, with a server and data of its own.').parse();

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'docs/screenshots');
const password = 'correct horse battery staple';
const owner = 'owner@demo.example';
const operator = 'operator@demo.example';
const dayInMs = 86_400_000;
const mostBytes = 120_000;

const binary = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);
if (binary === undefined) {
  console.error('Chromium is not installed. Debian has it as a package: apt-get install chromium');
  process.exit(1);
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

/** Starts a server whose organizations have hosts of their own below `localhost`, and that takes usage of the days before. */
async function startServer(folder) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const catalog = path.join(folder, 'catalog.yaml');
  await writeFile(catalog, `${await readFile(path.join(root, 'catalogs/knowton.yaml'), 'utf8')}\nusage: { lateDays: 40 }\n`);
  const env = { PORT: String(port), CATALOG: catalog, DATA_DIR: folder, APP_DOMAIN: 'localhost', PLATFORM_ADMIN_EMAIL: operator, PLATFORM_ADMIN_PASSWORD: password };
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: root, env: { PATH, HOME, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const isReady = () =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`The server has ended with code ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}

/** Runs npm run seed:demo. */
async function seed(url) {
  const child = spawn(process.execPath, [path.join(root, 'scripts/seed-demo.mjs'), url], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('The demo data could not be made.');
}

async function signedIn(url, email) {
  const client = createClient({ url });
  await client.logIn({ body: { email, password } });
  return client;
}

/** Verifies the address of the owner by the mail that asks for it. */
async function verify(folder, client) {
  const mails = path.join(folder, 'mail');
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 200))) {
    for (const name of await readdir(mails).catch(() => [])) {
      const text = (await readFile(path.join(mails, name), 'utf8')).replaceAll('=\r\n', '').replaceAll('=3D', '=');
      const token = text.includes(owner) ? /verify-email\?token=([\w-]+)/.exec(text)?.[1] : undefined;
      if (token !== undefined) return client.verifyEmail({ body: { token } });
    }
  }
  throw new Error('No mail asks to verify the address of the owner.');
}

/** Adds to the demo what pictures need: a brand, usage of the last weeks, a webhook, and other tenants for the operator. */
async function furnish(url, folder) {
  const client = await signedIn(url, owner);
  await verify(folder, client);
  const { memberships } = await client.getMe();
  const company = client.forOrganization(memberships[0].organization.id);
  const { id } = await company.updateOrganization({ body: { name: 'Northwind Studio' } });
  await company.updateBranding({ body: { displayName: 'Northwind Studio', primaryColor: '#0b7285', supportEmail: 'help@northwind.example' } });
  await company.createWebhook({ body: { url: 'https://crm.example.com/hooks', description: 'CRM' } }).catch(() => undefined);
  const today = Date.now();
  const events = Array.from({ length: 30 }, (_, age) => {
    const at = new Date(today - age * dayInMs);
    // Weekends are quiet, and each week has more than the one before it.
    const quantity = Math.round((at.getUTCDay() % 6 === 0 ? 0.8 : 2 + (at.getUTCDate() % 4) * 0.4) * (1 - age / 50) * 2);
    return { id: `demo-${age}`, meter: 'bandwidth_gb', quantity, occurredAt: at.toISOString() };
  });
  await company.reportUsage({ body: { events: events.filter(({ quantity }) => quantity > 0) } });
  const platform = await signedIn(url, operator);
  const names = ['Acme Publishing', 'Blue Harbour', 'Castle & Sons', 'Delta Media', 'Evergreen Press', 'Fjord Films', 'Globex', 'Hilltop Radio', 'Initech'];
  const tenants = [];
  for (const [index, name] of names.entries()) {
    const slug = name.toLowerCase().replaceAll(/\W+/g, '-');
    const tenant = await platform.createTenant({ body: { name, email: `office@${slug}.example`, plan: ['basic', 'pro', 'enterprise'][index % 3] } });
    tenants.push(tenant);
    if (index !== 4) await platform.provisionTenant({ path: { tenantId: tenant.id }, body: { createAdminUser: true, sendWelcomeEmail: false } });
  }
  await platform.suspendTenant({ path: { tenantId: tenants[2].id }, body: { reason: 'The invoice of October is not paid' } });
  return { id };
}

/** Takes pictures of what is in the window: sharp on screens with small pixels, and small as files. */
async function camera(browser, url, options) {
  const context = await browser.newContext({
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
    ...options,
  });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const shoot = async (name, address, prepare) => {
    await page.goto(address.startsWith('http') ? address : `${url}${address}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    await prepare?.(page);
    await page.waitForLoadState('networkidle');
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
    await writeFile(path.join(target, `${name}.webp`), Buffer.from(data, 'base64'));
  };
  const signIn = async (email) => {
    await page.goto(`${url}/sign-in`);
    await page.getByLabel(/^Email address/).fill(email);
    await page.getByLabel(/^Password/).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(/\/(organizations|operator)/);
  };
  return { shoot, signIn, close: () => context.close() };
}

async function takePictures(browser, url, { id }) {
  const home = `/organizations/${id}`;
  const visitor = await camera(browser, url);
  await visitor.shoot('sign-in', url.replace('localhost', 'demo-company.localhost').concat('/sign-in'));
  await visitor.close();
  const member = await camera(browser, url);
  await member.signIn(owner);
  await member.shoot('overview', home);
  await member.shoot('members', `${home}/members`);
  await member.shoot('usage', `${home}/usage`, async (page) => {
    await page.getByLabel('From').fill(new Date(Date.now() - 29 * dayInMs).toISOString().slice(0, 10));
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Bandwidth');
    await page.setViewportSize({ width: 1280, height: 840 });
    // Without the mark of the field that was filled in.
    await page.locator(':focus').blur();
  });
  await member.shoot('billing', `${home}/billing`);
  await member.shoot('audit', `${home}/audit`);
  await member.close();
  const staff = await camera(browser, url);
  await staff.signIn(operator);
  await staff.shoot('operator', '/operator');
  await staff.shoot('operator-tenants', '/operator/tenants');
  await staff.shoot('operator-tenant', `/operator/tenants/${id}`);
  await staff.close();
  const phone = await camera(browser, url, { viewport: { width: 390, height: 780 }, colorScheme: 'dark', deviceScaleFactor: 2 });
  await phone.signIn(owner);
  await phone.shoot('phone', home);
  await phone.close();
}

const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-screenshots-'));
const { url, stop } = await startServer(folder);
try {
  await seed(url);
  const demo = await furnish(url, folder);
  await mkdir(target, { recursive: true });
  const executablePath = spawnSync('which', [binary], { encoding: 'utf8' }).stdout.trim();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    await takePictures(browser, url, demo);
  } finally {
    await browser.close();
  }
  for (const name of (await readdir(target)).toSorted()) {
    const { size } = await stat(path.join(target, name));
    console.log(`docs/screenshots/${name}: ${Math.round(size / 1000)} kB`);
    if (size > mostBytes) throw new Error(`${name} has more than ${mostBytes / 1000} kB.`);
  }
} finally {
  await stop();
  await rm(folder, { recursive: true, force: true });
}
