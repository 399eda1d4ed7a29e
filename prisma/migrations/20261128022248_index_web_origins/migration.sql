CREATE INDEX settings_documents_web_origins_idx ON public.settings_documents USING gin (((document -> 'webOrigins'::text))) WHERE (section = 'security'::text);
