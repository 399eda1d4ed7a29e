import { BooleanQueryField, ChoiceField, TextField, TimeField, UuidField, choices } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import type { Invoice, Organization } from '../../../generated/prisma/client.js';
import { InvoiceDto, toInvoiceDto } from '../invoices/invoices.dto.js';
import type { InvoiceWithLines } from '../invoices/documents.queries.js';

export class ListTenantInvoicesQuery extends pageQuery(['issuedAt', 'createdAt']) {
  @ChoiceField(choices('InvoiceStatus', ['open', 'paid', 'void', 'uncollectible']), { optional: true, description: 'Only invoices with this status' })
  status?: Invoice['status'];

  @BooleanQueryField({ optional: true, description: 'Whether the invoice is open and past its due date' })
  overdue?: boolean;

  @TextField({ optional: true, pattern: /^[A-Z]{3}$/, example: 'EUR', description: 'ISO 4217 code' })
  currency?: string;

  @BooleanQueryField({ optional: true, description: 'Whether tenantry has mailed the invoice. false also lists invoices with a total of zero, and those of a payment provider.' })
  mailed?: boolean;

  @TimeField({ optional: true, description: 'Only invoices that were issued at or after this time' })
  issuedFrom?: string;

  @TimeField({ optional: true, description: 'Only invoices that were issued before this time' })
  issuedTo?: string;
}

export class ListPlatformInvoicesQuery extends ListTenantInvoicesQuery {
  @UuidField({ optional: true, description: 'Only documents of this organization' })
  organizationId?: string;
}

export class PlatformInvoiceDto extends InvoiceDto {
  @UuidField({ description: 'The organization that the invoice is for' })
  organizationId!: string;

  @TextField({ description: 'The name of this organization' })
  organizationName!: string;

  @TextField({ description: 'The payment provider, or `manual`' })
  provider!: string;

  @TimeField({ nullable: true, description: 'When the mail server accepted the mail with it; null before, and if nobody could receive it' })
  mailedAt!: Date | null;
}

export class PlatformInvoicePageDto extends pageOf(PlatformInvoiceDto) {}

export const toPlatformInvoiceDto = (invoice: InvoiceWithLines & { readonly organization: Pick<Organization, 'name'> }): PlatformInvoiceDto => ({
  ...toInvoiceDto(invoice),
  organizationId: invoice.organizationId,
  organizationName: invoice.organization.name,
  provider: invoice.provider,
  mailedAt: invoice.mailedAt,
});
