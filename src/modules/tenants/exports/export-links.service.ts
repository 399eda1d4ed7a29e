import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { Signatures } from '../../../common/crypto/signatures.js';
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
  readonly #signatures: Signatures;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.#signatures = new Signatures(config.appSecret, 'export links', config.previousSecrets, { encoding: 'base64url' });
  }

  makeLink({ organizationId, exportId, userId }: ExportLink): { url: string; expiresAt: Date } {
    const expiresAt = new Date(this.clock.now().getTime() + lifetime);
    const content = Buffer.from(JSON.stringify([organizationId, userId, expiresAt.getTime()])).toString('base64url');
    const signature = this.#signatures.sign(`${exportId}.${content}`);
    return { url: `${this.config.apiUrl}/api/v1/organization-exports/${exportId}/download?link=${content}.${signature}`, expiresAt };
  }

  /** @throws {ExportLinkError} if the link was not made here for this export, or has expired */
  readLink(exportId: string, link: string): ExportLink {
    const [content = '', signature = ''] = link.split('.');
    if (!this.#signatures.isValid(`${exportId}.${content}`, signature)) throw new ExportLinkError();
    const [organizationId, userId, expiresAt] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, string, number];
    if (expiresAt <= this.clock.now().getTime()) throw new ExportLinkError();
    return { organizationId, exportId, userId };
  }
}
