import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Catalog } from '../../config/catalog/catalog.js';

/** The names in the text. */
export interface ConsentNames {
  readonly member: string;
  readonly organization: string;
}

/** Fills names into the text of the catalog that guardians consent to. */
@Injectable()
export class ConsentTextService {
  constructor(private readonly catalog: Catalog) {}

  textFor({ member, organization }: ConsentNames): { readonly version: string; readonly text: string } {
    const { text, version } = this.catalog.consent;
    const values: Readonly<Record<string, string>> = { member, organization, product: this.catalog.product };
    return { version, text: text.replaceAll(/\{(member|organization|product)\}/g, (placeholder, name: string) => values[name] ?? placeholder) };
  }
}

/** Returns the SHA-256 of a text in hexadecimal. */
export const hashOfText = (text: string): string => createHash('sha256').update(text).digest('hex');
