import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
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
    const { prefix, creditNotePrefix } = this.catalog.billing.invoices;
    const invoices = await tx.$queryRaw<{ organizationId: string; id: string }[]>`
      with issued as (select organization_id, id, row_number() over (order by issued_at, id) as n from invoices where number = id::text),
      series as (insert into document_series as s (key, last) select 'invoice', count(*) from issued having count(*) > 0
                 on conflict (key) do update set last = s.last + excluded.last returning last)
      update invoices i set number = ${prefix} || lpad((series.last - (select count(*) from issued) + issued.n)::text, 6, '0')
        from issued, series where i.organization_id = issued.organization_id and i.id = issued.id
      returning i.organization_id as "organizationId", i.id`;
    const creditNotes = await tx.$queryRaw<{ organizationId: string; id: string }[]>`
      with issued as (select organization_id, id, row_number() over (order by issued_at, id) as n from credit_notes where number = id::text),
      series as (insert into document_series as s (key, last) select 'credit_note', count(*) from issued having count(*) > 0
                 on conflict (key) do update set last = s.last + excluded.last returning last)
      update credit_notes c set number = ${creditNotePrefix} || lpad((series.last - (select count(*) from issued) + issued.n)::text, 6, '0')
        from issued, series where c.organization_id = issued.organization_id and c.id = issued.id
      returning c.organization_id as "organizationId", c.id`;
    for (const invoice of invoices) await this.mails.sendInvoice(tx, invoice);
    for (const note of creditNotes) await this.mails.sendCreditNote(tx, note);
  }
}
