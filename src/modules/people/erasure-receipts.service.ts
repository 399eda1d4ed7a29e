import { Injectable } from '@nestjs/common';
import { DocumentKeys } from '../../common/crypto/document-keys.js';
import { AppConfig } from '../../config/app-config.js';

/** The payload of a receipt. It has no personal data but the id, which no longer names anybody. */
export interface ErasureReceipt {
  readonly erasure: string;
  readonly userId: string;
  /** `person`, or the operator who erased them. */
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly completedAt: string;
  /** The rows of each table that were deleted, or from which the person was removed. */
  readonly tables: Readonly<Record<string, number>>;
}

/** A receipt that was read. */
export interface ReadReceipt {
  readonly receipt: ErasureReceipt;
  /** Undefined when the key is not one of this installation. */
  readonly signed: boolean | undefined;
}

/** Signs and verifies the receipts of erasures. */
@Injectable()
export class ErasureReceiptsService {
  readonly #keys: DocumentKeys;

  constructor({ appSecret, previousSecrets }: AppConfig) {
    this.#keys = new DocumentKeys({ purpose: 'erasure-receipt', type: 'tenantry-erasure-receipt' }, appSecret, previousSecrets);
  }

  /** @returns a JSON Web Signature in compact form */
  sign(receipt: ErasureReceipt): Promise<string> {
    return this.#keys.signDocument(receipt);
  }

  /** Reads a receipt, which may have spaces and line breaks, and verifies its signature. @returns undefined when it is not a JSON Web Signature with a JSON document */
  async verify(text: string): Promise<ReadReceipt | undefined> {
    const token = text.replaceAll(/\s/g, '');
    try {
      const signed = await this.#keys.isSigned(token);
      return { receipt: JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as ErasureReceipt, signed };
    } catch {
      return undefined;
    }
  }
}
