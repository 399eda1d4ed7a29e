-- Returns a UUID of version 7 (RFC 9562, section 5.7) with the milliseconds of a time.
-- execute: tenantry_app, tenantry_platform
--
-- A `return` body without settings of its own is inlined and costs no call.
create function usage.new_id(at timestamptz) returns uuid
  language sql volatile
  return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;
