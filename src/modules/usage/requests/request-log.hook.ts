import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { identityOf } from '../../../access/principal/principal.js';
import { fastifyOf } from '../../../common/http/fastify-of.js';
import { whenOver } from '../../../observability/request-hooks.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { reporterOf } from '../metering/reporter.js';
import { RequestLogService } from './request-log.service.js';

/** The response header by which a handler reports how many tokens (for example of a language model) the request used. */
const tokensHeader = 'x-usage-tokens';
const maxMicroseconds = 2 ** 31 - 1;

/** Adds each request of an organization to the request log when it is over: refused ones too, and those whose client has not waited for the answer. */
@Injectable()
export class RequestLogHook implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly context: TenantContext,
    private readonly log: RequestLogService,
  ) {}

  onModuleInit(): void {
    whenOver(fastifyOf(this.host), this.context, (request, { method, route, status, milliseconds }, reply) => {
      const tenant = this.context.find();
      const { principal } = identityOf(request);
      if (tenant === undefined || principal === undefined) return;
      this.log.logRequest(tenant, {
        ...reporterOf(principal),
        method,
        endpoint: route,
        status,
        duration: Math.min(maxMicroseconds, Math.max(1, Math.round(milliseconds * 1000))),
        tokens: tokensOf(reply),
        requestId: request.id,
      });
    });
  }
}

function tokensOf(reply: FastifyReply): number {
  const header = reply.getHeader(tokensHeader);
  if (header === undefined) return 0;
  return /^\d{1,15}$/.test(String(header)) ? Number(header) : 0;
}
