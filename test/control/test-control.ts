import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CredentialUseService } from '../../src/access/principal/credential-use.service.js';
import { RequestMeter } from '../../src/access/guards/metering.guard.js';
import { RouteAudit } from '../../src/access/route-audit.js';
import type { Env } from '../../src/config/env.js';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { JobRunsService } from '../../src/jobs/job-runs.service.js';
import { AuditRefusalsService } from '../../src/modules/audit/audit-log/audit-refusals.service.js';
import { AuditChainService } from '../../src/modules/audit/hash-chain/audit-chain.service.js';
import { AuditVerificationService } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import { SigningKeysService } from '../../src/modules/auth/tokens/signing-keys.service.js';
import { RequestLogService } from '../../src/modules/usage/requests/request-log.service.js';
import type { RequestMeteringService } from '../../src/modules/usage/requests/request-metering.service.js';
import { addPerson, type NewPerson } from './people.js';
import { setMachineWrong, type SetClock } from './set-clock.js';

export interface Operator {
  readonly userId: string;
  readonly email: string;
}

/**
 * Adds the routes by which a test sets the clock of a server, runs its jobs and flushes its buffers. They are outside of
 * `src`, `npm run build` does not compile them, and no guard protects them.
 *
 * @throws {Error} unless the server runs with NODE_ENV=test on a loopback address
 */
export function addTestControl(app: NestFastifyApplication, { NODE_ENV, HOST }: Env, clock: SetClock): void {
  if (NODE_ENV !== 'test' || HOST !== '127.0.0.1') throw new Error('The test control is for NODE_ENV=test on 127.0.0.1 only.');
  const server = app.getHttpAdapter().getInstance();

  server.post<{ Body: { now: string | null } }>('/test/clock', ({ body: { now } }) => {
    if (now === null) delete clock.time;
    else clock.time = new Date(now);
    return {};
  });

  server.post<{ Body: { by: number } }>('/test/machine-clock', ({ body: { by } }) => {
    setMachineWrong(by);
    return { now: Date.now() };
  });

  server.post<{ Params: { name: string }; Body: { at: string; force?: boolean } }>('/test/jobs/:name', ({ params: { name }, body: { at, ...options } }) => {
    const [job, now] = [app.get(JobRegistryService).get(name), new Date(at)];
    return app.get(JobRunsService).attempt(job, job.timetable.periodOf(now), { now, ...options });
  });

  server.post('/test/flush', async () => {
    await app.get(CredentialUseService).flush();
    await app.get(AuditRefusalsService).flush();
    await app.get(AuditChainService).chainAll();
    await app.get(RequestLogService).flush();
    await app.get<RequestMeter, RequestMeteringService>(RequestMeter).returnLots();
    return {};
  });

  server.post<{ Body: { email: string; name: string; password: string } }>('/test/operators', ({ body: { email, name, password } }) =>
    app.get(PlatformAdminsService).createPlatformAdmin(email, name, password),
  );

  server.post<{ Body: NewPerson }>('/test/people', ({ body }) => addPerson(app, body));

  server.get('/test/signing-key', async () => {
    const { kid, key } = await app.get(SigningKeysService).getSigningKey();
    return { kid, jwk: key.export({ format: 'jwk' }) };
  });

  server.get('/test/routes', () => app.get(RouteAudit).routes());

  server.get<{ Params: { organizationId: string } }>('/test/chains/:organizationId', async ({ params: { organizationId } }) => {
    await app.get(AuditChainService).chainEventsOf(organizationId);
    return (await app.get(AuditVerificationService).verifyLog(organizationId)).chains;
  });
}
