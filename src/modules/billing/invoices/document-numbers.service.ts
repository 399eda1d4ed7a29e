import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma } from '../../../generated/prisma/client.js';
import type { MailAttachment } from '../../mail/mail-attachments.service.js';
import { BillingMailService } from '../mails/billing-mail.service.js';

/**
 * Numbers documents. The invoices and the credit notes of the installation have one series each, without gaps: the row of a series is
 * locked until the transaction ends. Organizations are always locked before a series, so the numbers come last.
 */
@Injectable()
export class DocumentNumbersService {
  constructor(
    private readonly catalog: Catalog,
    private readonly mails: BillingMailService,
  ) {}

  /** Numbers and mails the documents that this transaction has issued. Call it as the last step; a transaction that leaves a document without a number cannot commit. */
  async numberDocuments(tx: PlatformTransaction): Promise<void> {
    const issued = await tx.$queryRaw<readonly MailAttachment[]>`
      select 'invoice' as kind, organization_id as "organizationId", id from invoices where number = id::text
       union all select 'credit_note', organization_id, id from credit_notes where number = id::text order by kind, id`;
    if (issued.length === 0) return;
    // Others wait for the series: what the mails say is read before it is locked.
    const mails = await this.mails.prepareMails(tx, issued);
    const { prefix, creditNotePrefix } = this.catalog.billing.invoices;
    const invoices = await this.#number(tx, { table: Prisma.sql`invoices`, series: 'invoice', prefix });
    const creditNotes = await this.#number(tx, { table: Prisma.sql`credit_notes`, series: 'credit_note', prefix: creditNotePrefix });
    await this.mails.sendDocuments(tx, mails, new Map([...invoices, ...creditNotes].map(({ id, number }) => [id, number])));
  }

  /** Numbers the documents of one table. */
  #number(tx: PlatformTransaction, { table, series, prefix }: Series): Promise<readonly { readonly id: string; readonly number: string }[]> {
    return tx.$queryRaw`
      with issued as (select organization_id, id, row_number() over (order by issued_at, id) as n from ${table} where number = id::text),
      series as (insert into document_series as s (key, last) select ${series}, count(*) from issued having count(*) > 0
                 on conflict (key) do update set last = s.last + excluded.last returning last)
      update ${table} d set number = ${prefix} || lpad((series.last - (select count(*) from issued) + issued.n)::text, 6, '0')
        from issued, series where d.organization_id = issued.organization_id and d.id = issued.id
      returning d.id, d.number`;
  }
}

interface Series {
  readonly table: Prisma.Sql;
  readonly series: string;
  readonly prefix: string;
}
