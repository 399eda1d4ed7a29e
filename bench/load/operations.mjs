// The operations of the comparison: for each system the request, and what its answer must contain. A system that does not
// have an operation is left out.
import { randomUUID } from 'node:crypto';

const run = randomUUID().slice(0, 8);
let calls = 0;
/** A number that no other request of this run has. */
const next = () => `${run}-${(calls += 1)}`;

const get = (path) => ({ method: 'GET', path });
const post = (path, body) => ({ method: 'POST', path, body });
const patch = (path, body) => ({ method: 'PATCH', path, body });

const organization = ({ organizationId }) => `/api/v1/organizations/${organizationId}`;
const betterAuth = '/api/auth/organization';
export const password = 'correct horse battery staple';
const credentials = ({ email }) => ({ email, password });
const usageEvents = () => {
  const batch = next();
  return { events: Array.from({ length: 100 }, (_, index) => ({ id: `${batch}-${index}`, meter: 'tokens', quantity: 1 })) };
};

/**
 * `requests`: the request of each system, for a caller. `answers`: whether an answer is right. `callers`: the most callers
 * that make sense. `clean`: the statement that removes the rows which the operation adds, so that rounds stay alike, except
 * with `cleansOnlySmall` in the large set, where it would read millions of rows and the added ones are few.
 */
export const operations = {
  'current organization': {
    requests: {
      tenantry: () => get('/api/v1/organizations/current'),
      'better-auth': () => get(`${betterAuth}/get-organization`),
      limit: () => get('/organizations/current'),
    },
    answers: (body, { organizationId }) => body.id === organizationId,
  },
  'members page': {
    requests: {
      tenantry: (caller) => get(`${organization(caller)}/members?limit=50`),
      'better-auth': () => get(`${betterAuth}/list-members?limit=50`),
      limit: () => get('/members'),
    },
    answers: (body, _caller, { members }) => (body.data ?? body.items ?? body.members).length === Math.min(50, members),
  },
  'permission check': {
    requests: {
      tenantry: () => post('/api/v1/access/check', { permission: 'members:write' }),
      'better-auth': () => post(`${betterAuth}/has-permission`, { permissions: { member: ['update'] } }),
      limit: () => post('/access/check', { permission: 'members:write' }),
    },
    answers: (body) => body.allowed === true || body.success === true,
  },
  'session check': {
    requests: {
      tenantry: () => get('/api/v1/auth/me'),
      'better-auth': () => get('/api/auth/get-session'),
      limit: () => get('/session'),
    },
    answers: (body, { email }) => (body.user ?? body).email === email,
  },
  invitation: {
    requests: {
      tenantry: (caller) => post(`${organization(caller)}/invitations`, { email: `${next()}@example.com`, role: 'member', delivery: 'link' }),
      'better-auth': () => post(`${betterAuth}/invite-member`, { email: `${next()}@example.com`, role: 'member' }),
      limit: () => post('/invitations', { email: `${next()}@example.com`, role: 'member' }),
    },
    answers: (body) => (body.data?.[0] ?? body).email.endsWith('@example.com'),
    clean: { tenantry: 'delete from invitations', 'better-auth': 'delete from "invitation"', limit: 'delete from invitations' },
  },
  login: {
    // Hashing takes all the time: more callers would only wait longer.
    callers: 4,
    requests: {
      tenantry: (caller) => post('/api/v1/auth/login', credentials(caller)),
      'better-auth': (caller) => post('/api/auth/sign-in/email', credentials(caller)),
      limit: (caller) => post('/login', credentials(caller)),
    },
    answers: (body) => typeof (body.accessToken ?? body.token) === 'string',
  },
  'one project': {
    requests: {
      tenantry: (caller) => get(`${organization(caller)}/projects/${caller.projectId}`),
      limit: ({ projectId }) => get(`/projects/${projectId}`),
    },
    answers: (body, { projectId }) => body.id === projectId,
  },
  'create a project': {
    requests: {
      tenantry: (caller) => post(`${organization(caller)}/projects`, { name: `Project ${next()}` }),
      limit: () => post('/projects', { name: `Project ${next()}` }),
    },
    answers: (body) => body.name.startsWith('Project '),
    clean: { tenantry: `delete from projects where created_by_id is not null`, limit: `delete from projects where id::text not like '00000000-%'` },
  },
  'change a setting': {
    requests: {
      tenantry: () => patch('/api/v1/tenant/settings', { bench_value: (calls += 1) }),
      limit: () => patch('/settings', { bench_value: (calls += 1) }),
    },
    answers: (body) => JSON.stringify(body).includes('"bench_value":'),
  },
  consume: {
    requests: {
      tenantry: () => post('/api/v1/usage/consume', { meter: 'tokens', quantity: 1 }),
      limit: () => post('/usage/consume', { meter: 'tokens', quantity: 1 }),
    },
    answers: (body) => JSON.stringify(body).includes('used'),
  },
  '100 usage events': {
    requests: {
      tenantry: () => post('/api/v1/usage/events', usageEvents()),
      limit: () => post('/usage/events', usageEvents()),
    },
    answers: (body) => Number(body.accepted) === 100,
    cleansOnlySmall: true,
    clean: { tenantry: `delete from usage_events where id not like 'seed-%'`, limit: `delete from usage_events where id not like 'seed-%'` },
  },
};

/** The bytes of a request on the wire. */
export function bytesOf({ method, path, body }, headerLines, port) {
  const content = body === undefined ? '' : JSON.stringify(body);
  const contentLines = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${headerLines}\r\n${contentLines}\r\n${content}`;
}
