import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { TrustedDevice } from '../../../generated/prisma/client.js';
import { TrustedDeviceNotFoundError } from '../auth.errors.js';
import { isOperator } from '../platform/is-operator.js';
import { UserSettingsService } from '../user-settings.service.js';
import type { Device } from './device.js';

/** The most devices of a user. One more ends the trust in the one whose second factor was verified first. */
const mostDevices = 20;

export interface TrustedDeviceView extends TrustedDevice {
  readonly trustedUntil: Date;
}

/**
 * Keeps the devices on which users have verified their second factor and that are not asked for one, for as many days as the strictest
 * organization of the user allows. Every change of a credential ends the trust in all of them ({@link SessionsService}).
 */
@Injectable()
export class TrustedDevicesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly settings: UserSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Trusts a device whose second factor was just verified. Call it with the user locked.
   *
   * @returns the token that the device keeps; null when an organization of the user trusts none, and for operators
   */
  async trustDevice(tx: PlatformTransaction, userId: string, { client }: Device): Promise<string | null> {
    if ((await this.#daysFor(userId)) === 0 || (await isOperator(tx, userId))) return null;
    const [token, now] = [newOpaqueToken(), this.clock.now()];
    await tx.trustedDevice.create({ data: { userId, tokenHash: hashOpaqueToken(token), client, secondFactorAt: now, lastUsedAt: now } });
    const oldest = await tx.trustedDevice.findMany({ where: { userId }, orderBy: [{ secondFactorAt: 'desc' }, { id: 'desc' }], skip: mostDevices, select: { id: true } });
    await tx.trustedDevice.deleteMany({ where: { id: { in: oldest.map(({ id }) => id) } } });
    return token;
  }

  /** Returns when the second factor was verified on a device that is trusted now; undefined for another one. Call it with the user locked. */
  async useDevice(tx: PlatformTransaction, userId: string, token: string): Promise<Date | undefined> {
    const device = await tx.trustedDevice.findUnique({ where: { tokenHash: hashOpaqueToken(token), userId } });
    if (device === null || (await isOperator(tx, userId))) return undefined;
    const now = this.clock.now();
    if (trustedUntil(device, await this.#daysFor(userId)) <= now) return undefined;
    await tx.trustedDevice.update({ where: { id: device.id }, data: { lastUsedAt: now } });
    return device.secondFactorAt;
  }

  /** Returns the devices of a user that are trusted, the most recently used first. */
  async listDevices(userId: string): Promise<TrustedDeviceView[]> {
    const days = await this.#daysFor(userId);
    const devices = await this.platform.trustedDevice.findMany({ where: { userId }, orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }] });
    const now = this.clock.now();
    return devices.map((device) => ({ ...device, trustedUntil: trustedUntil(device, days) })).filter((device) => device.trustedUntil > now);
  }

  /** @throws {TrustedDeviceNotFoundError} */
  async forgetDevice(userId: string, id: string): Promise<void> {
    const { count } = await this.platform.trustedDevice.deleteMany({ where: { userId, id } });
    if (count === 0) throw new TrustedDeviceNotFoundError();
  }

  async forgetDevices(userId: string): Promise<void> {
    await this.platform.trustedDevice.deleteMany({ where: { userId } });
  }

  async #daysFor(userId: string): Promise<number> {
    const days = (await this.settings.valuesOf('trusted_device_days', { userId })).map(Number);
    return days.length === 0 ? 0 : Math.min(...days);
  }
}

const trustedUntil = ({ secondFactorAt }: TrustedDevice, days: number): Date => new Date(secondFactorAt.getTime() + days * dayLength);
