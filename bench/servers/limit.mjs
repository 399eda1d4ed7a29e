// The limit: what Fastify and pg reach with one prepared statement in one round trip, under forced row security and with an
// ES256 token for each request. Verified tokens are remembered until they expire, as tenantry does.
import { randomUUID } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import fastify from 'fastify';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import pg from 'pg';

const { PORT, DATABASE_URL, PUBLIC_JWK, PRIVATE_JWK, CONNECTIONS } = process.env;
const publicKey = await importJWK(JSON.parse(PUBLIC_JWK), 'ES256');
const privateKey = await importJWK(JSON.parse(PRIVATE_JWK), 'ES256');
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONNECTIONS) });
const app = fastify();

const remembered = new Map();
const mostRemembered = 50_000;

async function claimsOf(token) {
  const known = remembered.get(token);
  if (known !== undefined && known.exp * 1000 > Date.now()) return known;
  const { payload } = await jwtVerify(token, publicKey, { algorithms: ['ES256'] });
  if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value);
  remembered.set(token, payload);
  return payload;
}

app.decorateRequest('claims', null);
app.addHook('onRequest', async (request, reply) => {
  if (request.routeOptions.config.open) return;
  try {
    request.claims = await claimsOf(request.headers.authorization.slice('Bearer '.length));
  } catch {
    return reply.code(401).send({ code: 'unauthorized' });
  }
});

const text = { type: 'string' };
const number = { type: 'number' };
const object = (properties) => ({ type: 'object', properties });
const flag = { type: 'boolean' };
const time = { type: 'string', format: 'date-time', nullable: true };
const optional = { type: 'string', nullable: true };
const fields = (schema, names) => Object.fromEntries(names.split(' ').map((name) => [name, schema]));
// The fields of tenantry's answers. The items of a members page are without the total of the page.
const organization = object({
  ...fields(text, 'id name slug timezone locale plan status'),
  ...fields(optional, 'display_name description email phone website organization_type industry size_category'),
  ...fields(flag, 'is_verified is_demo maintenance_mode'),
  ...fields(time, 'created_at updated_at deleted_at erase_after'),
  address: { ...object(fields(text, 'street postalCode city region country')), nullable: true },
  version: number,
});
const member = object({
  ...fields(text, 'user_id email name role'),
  custom_roles: { type: 'array', items: text },
  teams: { type: 'array', items: object(fields(text, 'id name')) },
  ...fields(time, 'created_at updated_at'),
});
const project = object({ ...fields(text, 'id name'), ...fields(optional, 'description assignee_id'), ...fields(time, 'created_at updated_at') });
const answers = (schema) => ({ schema: { response: { '2xx': schema } } });

/** The rows of one prepared statement; its name is the text of the statement's function. */
const rowsOf = async (name, statement, values) => (await pool.query({ name, text: statement, values })).rows;

/** The first row, or 404: row security and membership decide. */
async function oneOf(reply, ...query) {
  const [row] = await rowsOf(...query);
  return row ?? reply.code(404).send({ code: 'not_found' });
}

app.get('/ready', { config: { open: true } }, () => ({ ready: true }));

app.get('/organizations/current', answers(organization), ({ claims }, reply) =>
  oneOf(reply, 'current_organization', 'select * from current_organization($1, $2)', [claims.org, claims.sub]),
);

app.get('/members', answers(object({ items: { type: 'array', items: member } })), async ({ claims }) => ({
  items: await rowsOf('list_members', 'select * from list_members($1, $2, $3)', [claims.org, claims.sub, 50]),
}));

app.post('/access/check', answers(object({ allowed: { type: 'boolean' }, role: text })), async ({ claims }) => {
  const [{ role }] = await rowsOf('role_of', 'select role_of($1, $2) as role', [claims.org, claims.sub]);
  return { allowed: role === 'owner' || role === 'member', role };
});

app.get('/session', answers(object({ id: text, email: text, name: text })), ({ claims }, reply) =>
  oneOf(reply, 'session_of', 'select * from session_of($1, $2)', [claims.sid, claims.sub]),
);

app.post('/invitations', answers(object({ id: text, email: text, role: text })), ({ claims, body }, reply) =>
  oneOf(reply, 'invite', 'select * from invite($1, $2, $3, $4)', [claims.org, claims.sub, body.email, body.role]),
);

app.get('/projects/:id', answers(project), ({ claims, params }, reply) =>
  oneOf(reply, 'read_project', 'select * from read_project($1, $2, $3)', [claims.org, claims.sub, params.id]),
);

app.post('/projects', answers(project), ({ claims, body }, reply) =>
  oneOf(reply, 'create_project', 'select * from create_project($1, $2, $3)', [claims.org, claims.sub, body.name]),
);

app.patch('/settings', answers(object({ document: { type: 'object', additionalProperties: true }, version: number })), ({ claims, body }, reply) =>
  oneOf(reply, 'change_settings', 'select * from change_settings($1, $2, $3)', [claims.org, claims.sub, JSON.stringify(body)]),
);

app.post('/usage/consume', answers(object({ used: text, allowance: text })), ({ claims, body }, reply) =>
  oneOf(reply, 'consume', 'select * from consume($1, $2, $3, $4)', [claims.org, claims.sub, body.meter, body.quantity]),
);

app.post('/usage/events', answers(object({ accepted: text })), ({ claims, body: { events } }, reply) => {
  const of = (key) => events.map((event) => event[key]);
  return oneOf(reply, 'record_events', 'select record_events($1, $2, $3, $4, $5) as accepted', [claims.org, claims.sub, of('id'), of('meter'), of('quantity')]);
});

app.post('/login', { config: { open: true }, ...answers(object({ accessToken: text })) }, async ({ body }, reply) => {
  const [credential] = await rowsOf('find_credential', 'select * from find_credential($1)', [body.email]);
  if (credential === undefined || !(await verify(credential.password_hash, body.password))) return reply.code(401).send({ code: 'unauthorized' });
  const id = randomUUID();
  await rowsOf('add_session', `insert into sessions (id, user_id, expires_at) values ($1, $2, now() + interval '7 days')`, [id, credential.id]);
  return { accessToken: await new SignJWT({ sid: id }).setProtectedHeader({ alg: 'ES256' }).setSubject(credential.id).setExpirationTime('15m').sign(privateKey) };
});

await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit());
