-- Returns the day on which the monthly period begins in a month, whose first day is `first_day`.
-- execute: tenantry_platform
create function usage.month_begins(first_day date, anchor_day integer) returns date
  language sql immutable parallel safe
  return first_day + (least(anchor_day, extract(day from first_day + interval '1 month' - interval '1 day')::integer) - 1);
