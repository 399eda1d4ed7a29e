-- Trigger: refuses to commit an invoice or a credit note without a number.
-- execute: owner
--
-- Documents get their numbers in the last step of a transaction, because the lock of a series comes after all others.
create function app.document_is_numbered() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  numbered boolean;
begin
  execute format('select number <> id::text from public.%I where organization_id = $1 and id = $2', tg_table_name) into numbered using new.organization_id, new.id;
  if not numbered then raise exception 'the document % of table % has no number', new.id, tg_table_name using hint = 'Call numberDocuments as the last step of the transaction.'; end if;
  return null;
end
$$;

create constraint trigger document_is_numbered after insert on public.invoices deferrable initially deferred
  for each row when (new.number = new.id::text) execute function app.document_is_numbered();
create constraint trigger document_is_numbered after insert on public.credit_notes deferrable initially deferred
  for each row when (new.number = new.id::text) execute function app.document_is_numbered();
