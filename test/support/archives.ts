import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { Installation } from './installation.js';
import { goodPassword, type Person } from './world.js';

/** An installation whose tenants are exported, and a folder for their archives. */
export class Archives {
  #count = 0;

  private constructor(
    readonly source: Installation,
    private readonly folder: string,
  ) {}

  static async open(): Promise<Archives> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-archive-'));
    return new Archives(await Installation.start(), folder);
  }

  fileNamed(name: string): string {
    return path.join(this.folder, `${name}.zip`);
  }

  async archiveOf(organization: string, from = this.source): Promise<string> {
    this.#count += 1;
    const file = this.fileNamed(`${organization}-${this.#count}`);
    await from.rest();
    await from.app.get(TenantExportService).exportTenant(organization, file);
    return file;
  }

  /** Does something with an installation whose database is empty. */
  async elsewhere(use: (target: Installation) => Promise<void>, options?: Parameters<typeof Installation.start>[0]): Promise<void> {
    const target = await Installation.start(options);
    try {
      await use(target);
    } finally {
      await target.end();
      this.source.takeOver();
    }
  }

  async close(): Promise<void> {
    await this.source.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const login = (at: Installation, email: string, password = goodPassword) => at.api.post('/auth/login', { email, password });

export function ok<A extends { status: number; text: string }>(answer: A): A {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** An organization in which people have worked, all over HTTP. */
export async function livelyOrganization(at: Installation): Promise<{ owner: Person; member: Person }> {
  const owner = await at.world.owner({ verified: true });
  const member = await at.world.member(owner);
  ok(await owner.api.post(`${owner.home}/roles`, { key: 'editor', name: 'Editor', permissions: ['teams:read'] }));
  const team = ok(await owner.api.post(`${owner.home}/teams`, { name: 'Team', roles: ['editor'] })).body;
  ok(await owner.api.put(`${owner.home}/teams/${team.id}/members/${member.userId}`));
  const united = ok(await owner.api.post(`${owner.home}/teams`, { name: 'Ünïted' })).body;
  ok(await owner.api.put(`${owner.home}/teams/${united.id}/members/${member.userId}`));
  ok(await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] }));
  ok(await owner.api.patch('/tenant/integrations', { slack: { secrets: { token: 'a secret of the integration' } } }));
  await at.world.invitationToken(owner, at.world.email('invited'));
  return { owner, member };
}
