// A product that stores files. Its users, their roles and the limits of their organizations are in tenantry.
import express from 'express';
import { randomUUID } from 'node:crypto';
import { checkAccess, consume, Refusal, release, verifyToken } from './tenantry.mjs';

const app = express();
/** A real product has a table here, with a column for the organization. */
const files = [];

/** Lets a request pass if its user has the permission in the organization of the token, or in the one of `X-Tenant-ID`. */
const requires = (permission) => async (request, _response, next) => {
  const caller = await verifyToken(request.get('authorization'));
  const organizationId = request.get('x-tenant-id') ?? caller.organizationId;
  if (!/^[0-9a-f-]{36}$/i.test(organizationId)) throw new Refusal(400, 'tenant_required', 'Name an organization in X-Tenant-ID.');
  await checkAccess({ ...caller, organizationId }, permission, request.ip);
  request.organizationId = organizationId;
  next();
};

app.get('/files', requires('content:read'), ({ organizationId }, response) => {
  response.json(files.filter((file) => file.organizationId === organizationId));
});

app.post('/files', express.json(), requires('content:write'), async ({ organizationId, body }, response) => {
  const { name, gigabytes } = body ?? {};
  if (typeof name !== 'string' || !Number.isInteger(gigabytes) || gigabytes < 1) throw new Refusal(400, 'invalid_file', 'Send a name and whole gigabytes.');
  const file = { id: randomUUID(), organizationId, name, gigabytes };
  await consume(organizationId, 'storage_gb', gigabytes, file.id);
  files.push(file);
  response.status(201).json(file);
});

app.delete('/files', requires('settings:write'), async ({ organizationId }, response) => {
  for (const file of files.filter((each) => each.organizationId === organizationId)) {
    await release(organizationId, 'storage_gb', file.gigabytes, `${file.id}-deleted`);
    files.splice(files.indexOf(file), 1);
  }
  response.status(204).end();
});

// Without an answer of tenantry nobody is let in: 503, and the cause in the log.
app.use((error, _request, response, _next) => {
  const refused = error instanceof Refusal || error.status < 500;
  if (!refused) console.error(error);
  response.status(refused ? error.status : 503).json(refused ? { code: error.code, detail: error.message } : { code: 'unavailable', detail: 'Try again later.' });
});

const { PORT = '4000' } = process.env;
app.listen(Number(PORT), '127.0.0.1', () => console.log(`The example listens on http://localhost:${PORT}`));
