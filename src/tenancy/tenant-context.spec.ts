import { describe, expect, it } from '@jest/globals';
import { TenantContext, withoutOrganization, type Tenant } from './tenant-context.js';
import { InvalidTenantIdError, TenantAlreadySetError, TenantContextMissingError } from './tenant-errors.js';

const tenant = (letter: string): Tenant => ({ organizationId: `0192b8a0-0000-7000-8000-00000000000${letter}`, actor: { kind: 'user', userId: 'u', sessionId: 's' } });
const [a, b] = [tenant('a'), tenant('b')];
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('TenantContext', () => {
  it('has no tenant until fill() sets one, and accepts only one', async () => {
    const context = new TenantContext();
    expect(() => context.tenant).toThrow(TenantContextMissingError);
    expect(() => context.fill(a)).toThrow(TenantContextMissingError);
    await context.enter(context.newStore('r'), async () => {
      expect(() => context.organizationId).toThrow(/@RequireRole/);
      context.fill(a);
      await later();
      expect(context.organizationId).toBe(a.organizationId);
      expect(() => context.fill(b)).toThrow(TenantAlreadySetError);
      expect(() => context.fill(a)).toThrow(TenantAlreadySetError);
      expect(context.logFields()).toEqual({ requestId: 'r', organizationId: a.organizationId, userId: 'u' });
    });
    expect(context.find()).toBeUndefined();
  });

  it('refuses tenant ids that are not UUIDs', async () => {
    const context = new TenantContext();
    for (const organizationId of ['', 'x', `${a.organizationId}'`, "' or true--"]) {
      await expect(context.run({ ...a, organizationId }, () => 1)).rejects.toThrow(InvalidTenantIdError);
      expect(() => context.enter(context.newStore(), () => context.fill({ ...a, organizationId }))).toThrow(InvalidTenantIdError);
    }
  });

  it('runs a job in its tenant and awaits lazy promises inside it', async () => {
    const context = new TenantContext();
    // Like Prisma's promises: nothing happens before `then`.
    const lazy: PromiseLike<string> = { then: (resolve) => Promise.resolve(context.organizationId).then(resolve) };
    expect(await context.run(a, () => lazy)).toBe(a.organizationId);
    await expect(Promise.resolve().then(() => lazy)).rejects.toThrow(TenantContextMissingError);
  });

  it('never changes the tenant of a context', async () => {
    const context = new TenantContext();
    await context.run(a, async () => {
      expect(await context.run(a, () => context.organizationId)).toBe(a.organizationId);
      await expect(context.run(b, () => 1)).rejects.toThrow(TenantAlreadySetError);
    });
  });

  it('has no tenant on the platform, from where a job can enter several tenants in turn', async () => {
    const context = new TenantContext();
    await context.runAsPlatform('a job over all', async () => {
      expect(context.find()).toBeUndefined();
      expect(() => context.fill(a)).toThrow(TenantAlreadySetError);
      expect([await context.run(a, () => context.organizationId), await context.run(b, () => context.organizationId)]).toEqual([a.organizationId, b.organizationId]);
    });
  });

  it('works in a request for its organization, also on the platform and in another tenant, and in one of none for nobody', async () => {
    const context = new TenantContext();
    const everywhere = async (): Promise<(string | undefined)[]> => [
      context.beneficiary,
      await context.runAsPlatform('a part of a request', () => context.beneficiary),
      await context.runAsPlatform('a part of a request', () => context.run(b, () => context.beneficiary)),
    ];
    const inRequest = (tenant: Tenant | undefined): Promise<(string | undefined)[]> =>
      context.enter(context.newStore('r'), () => {
        if (tenant !== undefined) context.fill(tenant);
        return everywhere();
      });
    expect(await inRequest(a)).toEqual([a.organizationId, a.organizationId, a.organizationId]);
    expect(await inRequest(undefined)).toEqual([withoutOrganization, withoutOrganization, withoutOrganization]);
    expect(await everywhere()).toEqual([undefined, undefined, b.organizationId]);
  });

  it('keeps the contexts of concurrent requests apart', async () => {
    const context = new TenantContext();
    const work = (which: Tenant) =>
      context.enter(context.newStore(), async () => {
        context.fill(which);
        for (let i = 0; i < 50; i += 1) {
          await later();
          expect(context.organizationId).toBe(which.organizationId);
        }
      });
    await Promise.all([work(a), work(b), work(a), work(b)]);
  });
});
