// Sends each attack to the server and checks that it is refused. Data of the other company must look like data that does not exist.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { invite, password, unique } from './companies.mjs';
import { check, expectAnswer } from './stage.mjs';

/** @param own the attacking company @param foe the attacked company */
export async function attacks(api, own, foe) {
  await byNamingTheOther(api, own, foe);
  await byIds(own, foe);
  await byForging(api, own, foe);
  await byInvitations(api, own, foe);
  await byRoles(api, own);
  await byPaths(api, foe);
}

async function byNamingTheOther(api, { owner, home }, foe) {
  expectAnswer('own token with the other company in X-Tenant-ID', await owner.api.with({ 'x-tenant-id': foe.id }).get('/organizations/current'), 400, 'tenant_mismatch');
  expectAnswer('own token with the other company in X-Tenant-Slug', await owner.api.with({ 'x-tenant-slug': foe.slug }).get('/organizations/current'), 400, 'tenant_mismatch');
  expectAnswer('two companies in one X-Tenant-ID', await owner.api.with({ 'x-tenant-id': `${home.slice(15)},${foe.id}` }).get('/organizations/current'), 400, 'invalid_tenant');
  expectAnswer('SQL in X-Tenant-ID', await owner.api.with({ 'x-tenant-id': "' OR 1=1--" }).get('/organizations/current'), 400, 'invalid_tenant');
  const login = await api.post('/auth/login', { email: owner.email, password });
  const untied = await api.as(login.body.accessToken).post('/auth/switch-organization', { organizationId: null });
  const roaming = api.as(untied.body.accessToken);
  expectAnswer('a token without a company, with the other company in the path', await roaming.get(`${foe.home}/teams`), 404, 'organization_not_found');
  expectAnswer('switch to the other company', await owner.api.post('/auth/switch-organization', { organizationId: foe.id }), 404, 'organization_not_found');
  expectAnswer('the other company as organizationId in the body', await owner.api.post(`${home}/teams`, { name: 'Planted', organizationId: foe.id }), 400, 'validation_failed');
  const { body } = await owner.api.get(`${home}/teams?search=${encodeURIComponent(foe.name)}&count=true`);
  check('a search for teams of the other company finds none', body.total, 0);
}

async function byIds({ owner, home, teamId: ownTeamId }, foe) {
  const requests = (teamId, userId) => [
    ['read', owner.api.get(`${home}/teams/${teamId}`)],
    ['update', owner.api.patch(`${home}/teams/${teamId}`, { name: 'Stolen' })],
    ['delete', owner.api.delete(`${home}/teams/${teamId}`)],
    ['add oneself to', owner.api.put(`${home}/teams/${teamId}/members/${owner.userId}`)],
    ['remove a member of', owner.api.delete(`${home}/teams/${teamId}/members/${userId}`)],
  ];
  const unknown = requests(randomUUID(), randomUUID());
  const same = ({ status, body }) => JSON.stringify({ status, ...body, instance: '', requestId: '' });
  for (const [index, [what, answer]] of requests(foe.teamId, foe.member.userId).entries()) {
    check(`${what} a team of the other company: same response as for an unknown id`, same(await answer), same(await unknown[index][1]));
  }
  expectAnswer('add a member of the other company to a team', await owner.api.put(`${home}/teams/${ownTeamId}/members/${foe.member.userId}`), 422, 'not_a_member');
  expectAnswer('remove a member of the other company through the own company', await owner.api.delete(`${home}/members/${foe.member.userId}`), 404, 'not_found');
  const { body } = await foe.owner.api.get(`${foe.home}/members?limit=1`);
  expectAnswer('use a cursor from a list of the other company', await owner.api.get(`${home}/members?limit=1&cursor=${body.nextCursor}`), 400, 'invalid_cursor');
}

async function byForging(api, { owner }, foe) {
  const [header, claims, signature] = owner.accessToken.split('.');
  const edited = (part, change) => Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(part, 'base64url')), ...change })).toString('base64url');
  expectAnswer('a token with a changed company', await api.as(`${header}.${edited(claims, { org: foe.id })}.${signature}`).get('/auth/me'), 401, 'invalid_token');
  expectAnswer(
    'a token with a changed user and alg none',
    await api.as(`${edited(header, { alg: 'none' })}.${edited(claims, { sub: foe.owner.userId })}.`).get('/auth/me'),
    401,
    'invalid_token',
  );
  expectAnswer('a refresh token as an access token', await api.as(owner.refreshToken).get('/auth/me'), 401, 'invalid_token');
  const { body } = await api.post('/auth/login', { email: owner.email, password });
  const { body: next } = await api.post('/auth/refresh', { refreshToken: body.refreshToken });
  // Until the next token is used, the server repeats its answer, which may have been lost.
  const last = await api.post('/auth/refresh', { refreshToken: next.refreshToken });
  expectAnswer('a refresh token used after the one that replaced it', await api.post('/auth/refresh', { refreshToken: body.refreshToken }), 401, 'refresh_token_reused');
  expectAnswer('… which ends the session', await api.as(last.body.accessToken).get('/auth/me'), 401, 'session_ended');
  const signup = { email: `x@${unique('mass')}.example`, password, name: 'X', organization: { name: 'X' } };
  expectAnswer('role and isAdmin in a sign-up', await api.post('/auth/signup', { ...signup, role: 'owner', isAdmin: true }), 400, 'validation_failed');
}

async function byInvitations(api, { owner, admin, home, roles: { member: memberRole } }, foe) {
  expectAnswer('an invitation used a second time', await api.post('/invitations/accept', { token: foe.member.invitationToken, name: 'X', password }), 410, 'invitation_accepted');
  const { token } = await invite(owner, `guest@${unique('guest')}.example`, memberRole);
  expectAnswer('an invitation for another email address', await admin.api.post('/invitations/accept', { token }), 403, 'invitation_for_other_address');
  const open = (await owner.api.get(`${home}/invitations?status=pending`)).body.data[0];
  expectAnswer('resend the invitation from the other company', await foe.owner.api.post(`${foe.home}/invitations/${open.id}/resend`), 404, 'not_found');
  await owner.api.delete(`${home}/invitations/${open.id}`);
  expectAnswer('accept the invitation after it was revoked', await api.post('/invitations/accept', { token, name: 'X', password }), 410, 'invitation_revoked');
}

async function byRoles(api, { owner, admin, member, home, roles }) {
  expectAnswer('an admin makes themselves an owner', await admin.api.patch(`${home}/members/${admin.userId}`, { role: 'owner' }), 403, 'own_role');
  expectAnswer('an admin makes a member an owner', await admin.api.patch(`${home}/members/${member.userId}`, { role: 'owner' }), 403, 'role_too_high');
  expectAnswer('an admin removes the owner', await admin.api.delete(`${home}/members/${owner.userId}`), 403, 'role_too_high');
  expectAnswer('a member invites a person', await member.api.post(`${home}/invitations`, { email: 'x@example.com', role: roles.member }), 403, 'access_denied');
  expectAnswer('the last owner leaves', await owner.api.post(`${home}/leave`), 409, 'last_owner');
  expectAnswer('list members without authentication', await api.get(`${home}/members`), 401, 'authentication_required');
}

/** Sends a path unchanged. fetch would normalize it. */
function rawStatus(url, path) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    http.get({ hostname, port, path }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}

async function byPaths(api, { home }) {
  const variants = [`/%61pi/v1${home}/teams`, `//api/v1${home}/teams`, `/api/v1/${home}/teams;x`, `/API/v1${home}/teams`, `/api/v1${home}/teams/`];
  const statuses = await Promise.all(variants.map((path) => rawStatus(api.url, path)));
  check(
    'no variant of a path bypasses the guards',
    statuses.every((status) => status === 401 || status === 404),
    true,
  );
}
