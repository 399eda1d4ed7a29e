import { Injectable } from '@nestjs/common';
import { verifiedAddressOf } from '../../../access/managed-accounts.js';
import { Clock } from '../../../common/clock.js';
import type { PlatformDb, PlatformTransaction } from '../../../database/platform-db.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { UserSettingsService } from '../user-settings.service.js';

/** Announces to users by mail that somebody has signed in to their account with a new device. */
@Injectable()
export class NewDeviceNoticesService {
  constructor(
    private readonly settings: UserSettingsService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the mail, unless all organizations of the user have switched `new_device_mail` off. It is not limited: an intruder could use the limit up.
   * An address that is not verified may belong to somebody else, who gets nothing.
   */
  async announceNewDevice(db: PlatformDb | PlatformTransaction, userId: string, { client, ipAddress }: { readonly client: string; readonly ipAddress: string }): Promise<void> {
    const user = await db.user.findUnique({ where: { id: userId } });
    const to = user === null ? null : verifiedAddressOf(user);
    if (user === null || to === null) return;
    const wanted = await this.settings.valuesOf('new_device_mail', { userId });
    if (wanted.length > 0 && !wanted.includes(true)) return;
    const at = this.clock.now().toISOString();
    await this.outbox.addMail(db, { template: 'new-device', to, data: { name: user.name, device: client, address: ipAddress, at } });
  }
}
