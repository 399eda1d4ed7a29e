import Bowser from 'bowser';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../../../common/http/addresses/address.js';
import { clientAddressOf } from '../../../common/http/addresses/client-address.js';
import { userAgentOf } from '../../../common/http/user-agent.js';

/** The client of a session, as its columns. A new version of a browser, and another address in the same network, make no new device. */
export interface Device {
  readonly userAgent: string | null;
  readonly ipAddress: string;
  /** The network of {@link networkOf}. */
  readonly network: string;
  /** The program and the system without their versions, `Firefox on Linux`. */
  readonly client: string;
}

function clientOf(userAgent: string | null): string {
  if (userAgent === null) return 'an unknown program';
  const { browser, os } = Bowser.parse(userAgent);
  const [, product = userAgent] = /^([^\s/;(]+)/.exec(userAgent) ?? [];
  const program = browser.name || product;
  return os.name === undefined ? program : `${program} on ${os.name}`;
}

export const deviceOf = (userAgent: string | null, ipAddress: string): Device => ({ userAgent, ipAddress, network: networkOf(ipAddress), client: clientOf(userAgent) });

/** Injects the {@link Device} of the request. */
export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return deviceOf(userAgentOf(request) ?? null, clientAddressOf(request));
});
