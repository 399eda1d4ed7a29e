-- Checks of the lines of credit notes, and rights on them.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.credit_note_lines
  add constraint credit_note_lines_amount_check check (amount > 0),
  add constraint credit_note_lines_period_check check (period_end > period_start and num_nonnulls(period_start, period_end) in (0, 2));

revoke insert, update, delete on public.credit_note_lines from tenantry_app;
