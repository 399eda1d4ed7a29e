-- Returns the beginning of the period that contains a moment.
-- execute: tenantry_platform
--
-- src/modules/usage has the same rule in TypeScript; a test compares the two.
create function usage.period_begins(period text, at timestamptz, anchor_day integer) returns timestamptz
  language sql stable parallel safe
  return case period
    when 'day' then date_trunc('day', at, 'UTC')
    when 'month' then
      case when usage.month_begins(date_trunc('month', at at time zone 'UTC')::date, anchor_day) <= (at at time zone 'UTC')::date
        then usage.month_begins(date_trunc('month', at at time zone 'UTC')::date, anchor_day)
        else usage.month_begins((date_trunc('month', at at time zone 'UTC') - interval '1 month')::date, anchor_day)
      end::timestamp at time zone 'UTC'
    else 'epoch'::timestamptz end;
