import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../../common/http/addresses/address.js';
import { clientAddressOf } from '../../common/http/addresses/client-address.js';
import type { Load } from '../../common/load/load.js';
import { LoadsService } from '../../common/load/loads.service.js';
import { LoadGate } from '../load/load-gate.service.js';
import { begin, refuse } from '../load/load-hooks.js';
import { identityOf, type RequestIdentity } from '../principal/principal.js';
import { conditionsOf } from './route-conditions.js';

/**
 * Asks: may the organization use more of this replica? Requests without an organization are counted by the network of their client. It follows the guards that
 * verify the organization, so that no request counts for another one.
 */
@Injectable()
export class LoadGuard implements CanActivate {
  constructor(
    private readonly gate: LoadGate,
    private readonly loads: LoadsService,
  ) {}

  canActivate(execution: ExecutionContext): true | Promise<true> {
    if (conditionsOf(execution).alwaysServed) return true;
    const http = execution.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    const load = this.#loadOf(identityOf(request), request);
    const refusal = this.gate.refuse(load);
    if (refusal === undefined) {
      begin(load, reply);
      return true;
    }
    return refuse(this.gate, refusal, () => this.gate.refuse(load), request, reply);
  }

  #loadOf({ principal }: RequestIdentity, request: FastifyRequest): Load {
    const { membership } = principal ?? {};
    if (membership === undefined) return this.loads.ofNetwork(networkOf(clientAddressOf(request)));
    return this.loads.ofOrganization(membership.organizationId, membership.facts.entitlements.load);
  }
}
