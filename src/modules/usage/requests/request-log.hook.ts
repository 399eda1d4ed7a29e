import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { identityOf } from '../../../access/principal/principal.js';
import { fastifyOf } from '../../../common/http/fastify-of.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { reporterOf } from '../metering/reporter.js';
import { RequestLogService } from './request-log.service.js';

/** The response header by which a handler reports how many tokens (for example of a language model) the request used. */
const tokensHeader = 'x-usage-tokens';
const maxMicroseconds = 2 ** 31 - 1;

/** Adds each request of an organization to the request log when it is answered, refused requests included. */
@Injectable()
export class RequestLogHook implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly context: TenantContext,
    private readonly log: RequestLogService,
  ) {}

  onModuleInit(): void {
    fastifyOf(this.host).addHook('onResponse', (request, reply, done) => {
      const tenant = this.context.find();
      const { principal } = identityOf(request);
      if (tenant !== undefined && principal !== undefined) {
        this.log.logRequest(tenant, {
          ...reporterOf(principal),
          method: request.method,
          endpoint: request.routeOptions.url ?? 'unknown',
          status: reply.statusCode,
          duration: Math.min(maxMicroseconds, Math.max(1, Math.round(reply.elapsedTime * 1000))),
          tokens: tokensOf(reply),
          requestId: request.id,
        });
      }
      done();
    });
  }
}

function tokensOf(reply: FastifyReply): number {
  const header = reply.getHeader(tokensHeader);
  if (header === undefined) return 0;
  return /^\d{1,15}$/.test(String(header)) ? Number(header) : 0;
}
