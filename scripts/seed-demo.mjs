// npm run seed:demo: leaves a company with known log-ins on a running server, through its API. It changes nothing of a company that exists.
import { createClient, isTenantryError } from '@tenantry/sdk';
import { npmScript } from './arguments.mjs';
import { assertServerResponds, serverUrl, urlArgument } from './demo/server-url.mjs';

const password = 'correct horse battery staple';
const company = { name: 'Demo Company', slug: 'demo-company' };
const names = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Barbara Liskov', 'Edsger Dijkstra', 'Radia Perlman'];
const addressOf = (name) => `${name.replaceAll('_', '-')}@demo.example`;
const guests = ['guest', 'second-guest'].map(addressOf);

function fail(text) {
  console.error(text);
  process.exit(1);
}

/** Returns the URL of the server. Refuses one that may have real customers. */
async function serverOf() {
  const command = npmScript('seed:demo', 'Leaves a company with known log-ins on a running server.')
    .argument(...urlArgument)
    .option('--production', 'also on a server of another machine, or with NODE_ENV=production')
    .parse();
  const url = serverUrl(command.args[0]);
  const isOfThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
  if (command.opts().production !== true && (process.env.NODE_ENV === 'production' || !isOfThisMachine)) {
    const reason = isOfThisMachine ? 'NODE_ENV is production' : `${url} is not on this machine`;
    fail(`Refused: the passwords of the demo are public, and ${reason}. If this installation has no real customers, add --production: npm run seed:demo -- --production`);
  }
  await assertServerResponds(url, 'seed:demo');
  return url;
}

const has = (error, ...codes) => isTenantryError(error) && codes.includes(error.code);

/** Returns a client of a person who signs in; undefined if there is no such account. */
async function signIn(email) {
  const client = createClient({ url });
  try {
    const answer = await client.logIn({ body: { email, password } });
    if ('mfaToken' in answer) fail(`${email} has a second factor. The demo needs a company of its own: start the server with another DATA_DIR.`);
    return client;
  } catch (error) {
    if (has(error, 'invalid_credentials')) return undefined;
    throw error;
  }
}

/** Everything that this run has made, for the output. */
const made = [];

async function foundCompany() {
  const email = addressOf('owner');
  const client = (await signIn(email)) ?? createClient({ url });
  const { memberships } = (await client.tokens()) === undefined ? { memberships: [] } : await client.getMe();
  const known = memberships.find(({ organization }) => organization.slug === company.slug);
  if (known !== undefined) return client.forOrganization(known.organization.id);
  try {
    const { organization } = await client.signUp({ body: { email, password, name: names[0], organization: company } });
    made.push(`${company.name}, with its owner`);
    return client.forOrganization(organization.id);
  } catch (error) {
    if (!has(error, 'slug_taken')) throw error;
    return fail(`The slug ${company.slug} is taken, and ${email} is no owner of it with the password of the demo. Start the server with another DATA_DIR.`);
  }
}

/** Chooses the first plan that costs something, if the company has none. */
async function choosePlan(owner) {
  const { data: plans } = await owner.listPlans();
  const subscription = await owner.getSubscription();
  const planOf = (key) => plans.find((plan) => plan.key === key);
  if (subscription.amount > 0) return planOf(subscription.plan)?.name;
  const paid = plans.find((plan) => plan.prices.some(({ amount }) => amount > 0) && plan.key !== subscription.plan);
  if (paid === undefined) return planOf(subscription.plan)?.name;
  // A plan that is sold by seat begins with the seats in use.
  const seats = paid.prices.some(({ perSeat }) => perSeat) && paid.seats !== null ? { seats: paid.seats } : {};
  const { plan } = await owner.changeSubscription({ body: { plan: paid.key, ...seats } });
  made.push(`the plan ${paid.name}, with an invoice`);
  return planOf(plan)?.name;
}

/** Invites a person by a link, who accepts with the account that they have, or with a new one. */
async function addMember(owner, email, name, role) {
  const { data } = await owner.createInvitations({ body: { email, role, delivery: 'link' } });
  const token = new URL(data[0].link).searchParams.get('token');
  await createClient({ url }).acceptInvitation({ body: { token, name, password } });
  made.push(`${email}, who is ${role}`);
}

/** Adds a member of each role of the catalog, and two of the lowest one. Returns them, highest first. */
async function addMembers(owner) {
  const { data } = await owner.listRoles();
  const roles = data.filter(({ custom, key }) => !custom && key !== 'owner').sort((one, other) => other.rank - one.rank);
  const people = roles.map(({ key }) => ({ email: addressOf(key), role: key }));
  people.push({ email: addressOf(`second-${roles.at(-1).key}`), role: roles.at(-1).key });
  for (const [index, { email, role }] of people.entries()) {
    if ((await memberOf(owner, email)) === undefined) await addMember(owner, email, names[index + 1] ?? role, role);
  }
  return people;
}

async function memberOf(owner, email) {
  for await (const member of owner.paginate('listMembers')) if (member.email === email) return member;
  return undefined;
}

async function addTeam(owner, people) {
  for await (const { name } of owner.paginate('listTeams')) if (name === 'Design') return;
  const team = await owner.createTeam({ body: { name: 'Design', description: 'The team of the demo' } });
  for (const { email } of people.slice(-2)) {
    const { userId } = await memberOf(owner, email);
    await owner.addTeamMember({ path: { teamId: team.id, userId } });
  }
  made.push('the team Design');
}

/** The resource `projects` is an example, which installations take away. */
async function addProjects(owner, people) {
  const document = await (await fetch(`${url}/openapi.json`)).json();
  if (document.paths['/api/v1/organizations/{organizationId}/projects'] === undefined) return;
  const known = [];
  for await (const { name } of owner.paginate('listProjects')) known.push(name);
  for (const name of ['Website', 'Mobile app'].filter((each) => !known.includes(each))) {
    const { userId } = await memberOf(owner, people[0].email);
    const project = await owner.createProject({ body: { name, assigneeId: userId } });
    await owner.createTask({ path: { projectId: project.id }, body: { title: 'Choose a font' } });
    made.push(`the project ${name}`);
  }
}

/** Uses 85 % of the first limit of the plan that the product reports itself. Returns a sentence about the meter. */
async function useQuota(owner) {
  for (const { meter, name, kind, limit, used } of (await owner.getLimits()).data) {
    if (limit === null || kind === 'concurrent') continue;
    const wanted = Math.floor(limit * 0.85);
    try {
      if (used < wanted) {
        await owner.consumeUsage({ body: { meter, quantity: wanted - used } });
        made.push(`usage of ${meter}`);
      }
      return `${Math.max(used, wanted)} of ${limit} (${name})`;
    } catch (error) {
      // tenantry counts members and requests itself.
      if (!has(error, 'wrong_meter')) throw error;
    }
  }
  return 'the catalog has no limit that the product reports';
}

async function inviteGuests(owner, role) {
  const pending = [];
  for await (const { email } of owner.paginate('listInvitations', { query: { status: 'pending' } })) pending.push(email);
  const links = [];
  for (const email of guests.filter((each) => !pending.includes(each))) {
    const { data } = await owner.createInvitations({ body: { email, role, delivery: 'link' } });
    links.push(data[0].link);
    made.push(`an invitation of ${email}`);
  }
  return links;
}

/** Creates a key that reports usage. Returns its secret, which is shown only once, or says why there is none. */
async function createKey(owner) {
  for await (const { name, hint } of owner.paginate('listApiKeys')) if (name === 'Demo') return `${hint} (the whole key was shown when it was created)`;
  try {
    const { key } = await owner.createApiKey({ body: { name: 'Demo', permissions: ['usage:read', 'usage:write', 'organization:read'] } });
    made.push('an API key');
    return `${key} (shown only once)`;
  } catch (error) {
    if (has(error, 'feature_not_in_plan')) return 'none: the plan does not include API keys';
    throw error;
  }
}

const url = await serverOf();
try {
  const owner = await foundCompany();
  const plan = await choosePlan(owner);
  const people = await addMembers(owner);
  await addTeam(owner, people);
  await addProjects(owner, people);
  const usage = await useQuota(owner);
  const links = await inviteGuests(owner, people.at(-1).role);
  const key = await createKey(owner);
  const { id } = await owner.getOrganization();
  const rows = [{ email: addressOf('owner'), role: 'owner' }, ...people].map(({ email, role }) => `    ${email.padEnd(28)}${role}`);
  console.log(
    [
      made.length === 0 ? `${company.name} is there already. Nothing was changed.` : `Made: ${made.join('; ')}.`,
      '',
      `  Organization  ${company.name}, ${company.slug}, ${id}`,
      `  Plan          ${plan}`,
      `  Usage         ${usage}`,
      `  API key       ${key}`,
      `  Invitations   ${guests.join(', ')}`,
      ...links.map((link) => `                ${link}`),
      '',
      `  Log-ins, with the password "${password}":`,
      ...rows,
    ].join('\n'),
  );
} catch (error) {
  fail(error.message);
}
