import Bowser from 'bowser';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../../../common/http/addresses/address.js';
import { clientAddressOf } from '../../../common/http/addresses/client-address.js';
import { userAgentOf } from '../../../common/http/user-agent.js';

/** The client of a session, as the list of sessions shows it. */
export interface Device {
  readonly userAgent: string | null;
  readonly ipAddress: string;
}

/** The columns of a session about its client. A new version of a browser, and another address in the same network, make no new device. */
export interface DeviceColumns extends Device {
  readonly network: string;
  readonly client: string;
}

/** Returns the program and the system of a client without their versions, `Firefox on Linux`. */
export function clientOf(userAgent: string | null): string {
  if (userAgent === null) return 'an unknown program';
  const { browser, os } = Bowser.parse(userAgent);
  const [, product = userAgent] = /^([^\s/;(]+)/.exec(userAgent) ?? [];
  const program = browser.name || product;
  return os.name === undefined ? program : `${program} on ${os.name}`;
}

export const columnsOf = (device: Device): DeviceColumns => ({ ...device, network: networkOf(device.ipAddress), client: clientOf(device.userAgent) });

/** Injects the {@link Device} of the request. */
export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { userAgent: userAgentOf(request) ?? null, ipAddress: clientAddressOf(request) };
});
