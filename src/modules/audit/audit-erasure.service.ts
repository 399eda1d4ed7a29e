import { Injectable } from '@nestjs/common';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';

/** Takes a person out of what stands beside the chains of the audit log. The chains hold their hashes, and still verify. */
@Injectable()
export class AuditErasure {
  constructor(private readonly platform: PlatformDb) {}

  /**
   * Erases who they were (name, address, device) from what they did, and the before and after of what names them.
   *
   * @param email their address, as far as it stands in what was changed
   */
  async erasePerson(userId: string, email: string, tx?: PlatformTransaction): Promise<{ actors: number; details: number }> {
    if (tx === undefined) return this.platform.$transaction((own) => this.erasePerson(userId, email, own), { timeout: 600_000 });
    const actors = await tx.$executeRaw`
      delete from audit.actors a using audit.events e
       where e.id = a.event_id and (e.actor_id = ${userId} or a.name like '%' || ${email} || '%')`;
    const details = await tx.$executeRaw`
      delete from audit.details d
       where strpos(d.changes::text, ${email}) > 0
          or exists (select from jsonb_array_elements(d.changes) c
                      where (c ->> 'table' = 'users' and c ->> 'id' = ${userId}) or c -> 'before' ->> 'user_id' = ${userId} or c -> 'after' ->> 'user_id' = ${userId})`;
    return { actors, details };
  }
}
