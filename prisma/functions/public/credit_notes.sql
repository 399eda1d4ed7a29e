-- Checks of credit notes.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.credit_notes
  add constraint credit_notes_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint credit_notes_void_check check ((status = 'void') = (voided_at is not null)),
  add constraint credit_notes_total_check check (tax >= 0 and total > tax),
  add constraint credit_notes_settled_check check (least(settled_due, settled_balance, settled_refund) >= 0 and settled_due + settled_balance + settled_refund = total);

-- Finds the credit notes that the transaction has issued and not numbered yet.
create index credit_notes_unnumbered_idx on public.credit_notes (issued_at) where number = id::text;

revoke insert, update, delete on public.credit_notes from tenantry_app;
