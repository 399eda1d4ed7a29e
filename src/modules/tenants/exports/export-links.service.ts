import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { AppConfig } from '../../../config/app-config.js';
import { ExportLinkError } from './exports.errors.js';

/** Milliseconds for which a link works. */
const lifetime = 3600 * 1000;

/** The signed content of a link, without its end. */
export interface ExportLink {
  readonly organizationId: string;
  readonly exportId: string;
  readonly userId: string;
}

/** Makes and checks links to files of exports. A link is signed (HMAC-SHA256), names its maker, and is of no other use. */
@Injectable()
export class ExportLinksService {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    const keyOf = (secret: string): Buffer => deriveKey(secret, 'export links');
    this.#keys = [keyOf(config.appSecret), ...config.previousSecrets.map(keyOf)];
  }

  makeLink({ organizationId, exportId, userId }: ExportLink): { url: string; expiresAt: Date } {
    const expiresAt = new Date(this.clock.now().getTime() + lifetime);
    const content = Buffer.from(JSON.stringify([organizationId, userId, expiresAt.getTime()])).toString('base64url');
    const signature = sign(this.#keys[0], exportId, content).toString('base64url');
    return { url: `${this.config.apiUrl}/api/v1/organization-exports/${exportId}/download?link=${content}.${signature}`, expiresAt };
  }

  /** @throws {ExportLinkError} if the link was not made here for this export, or has expired */
  readLink(exportId: string, link: string): ExportLink {
    const [content = '', signature = ''] = link.split('.');
    const given = Buffer.from(signature, 'base64url');
    const isSigned = this.#keys.some((key) => {
      const expected = sign(key, exportId, content);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isSigned) throw new ExportLinkError();
    const [organizationId, userId, expiresAt] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, string, number];
    if (expiresAt <= this.clock.now().getTime()) throw new ExportLinkError();
    return { organizationId, exportId, userId };
  }
}

const sign = (key: Buffer, exportId: string, content: string): Buffer => createHmac('sha256', key).update(`${exportId}.${content}`).digest();
