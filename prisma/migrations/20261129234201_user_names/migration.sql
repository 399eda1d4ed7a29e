-- no transaction
CREATE UNIQUE INDEX CONCURRENTLY "users_managed_by_id_user_name_key" ON "users"("managed_by_id", "user_name");
