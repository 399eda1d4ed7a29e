-- Reports whether a changed row has the content of a user, or names the user as its `user_id`.
-- execute: owner
create function audit.names_person(relation text, row_id text, before jsonb, after jsonb, user_ids text[]) returns boolean
  language sql immutable parallel safe
  return (relation = 'users' and row_id = any(user_ids) and num_nonnulls(before, after) > 0) or before ->> 'user_id' = any(user_ids) or after ->> 'user_id' = any(user_ids);
