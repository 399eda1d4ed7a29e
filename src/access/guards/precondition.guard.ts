import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NoVersionError } from '../access.errors.js';
import { conditionsOf } from './route-conditions.js';

const methods: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** Asks: can the caller's `If-Match` hold? It cannot where there is no version: without an answer, the caller would take a lost update for impossible. */
@Injectable()
export class PreconditionGuard implements CanActivate {
  canActivate(execution: ExecutionContext): true {
    const { method, headers } = execution.switchToHttp().getRequest<FastifyRequest>();
    const expected = headers['if-match'];
    if (expected === undefined || expected.trim() === '*' || !methods.has(method) || conditionsOf(execution).changesVersion) return true;
    throw new NoVersionError();
  }
}
