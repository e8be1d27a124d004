-- The sign-in page names what it keeps: read, not taken, by whoever brings the browser's secret.
-- Without that secret the row is sealed.
create function rescue_peek(p_id bytea, p_site text, p_now timestamptz)
returns table (path text, nonce bytea, ciphertext bytea, expires_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select r.path, r.nonce, r.ciphertext, r.expires_at from public.rescues r
  where r.id_sha256 = p_id and r.site = p_site and r.expires_at > p_now;
end;

do $$
begin
  grant create on schema public to gatekeeper;
  alter function rescue_peek(bytea, text, timestamptz) owner to gatekeeper;
  revoke execute on function rescue_peek(bytea, text, timestamptz) from public;
  grant execute on function rescue_peek(bytea, text, timestamptz) to netdesk, office;
  revoke create on schema public from gatekeeper;
end $$;
