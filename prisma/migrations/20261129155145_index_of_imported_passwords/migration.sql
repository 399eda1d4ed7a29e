-- no transaction
CREATE INDEX CONCURRENTLY "credentials_imported_kind_idx" ON "credentials"("imported_kind");
