--
-- PostgreSQL database dump
--
-- The database of a Kong 3.9.1, in the shape of pg_dump: the layout from its catalogue, rows as Kong writes them.
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET client_min_messages = warning;

--
-- Functions
--

CREATE FUNCTION public.batch_delete_expired_rows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
  BEGIN
    EXECUTE FORMAT('WITH expired AS (SELECT ctid FROM %I WHERE %I < CURRENT_TIMESTAMP AT TIME ZONE ''UTC'' '
      'ORDER BY %I LIMIT 2 FOR UPDATE SKIP LOCKED) DELETE FROM %I WHERE ctid IN (TABLE expired)',
      TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[0], TG_TABLE_NAME);
    RETURN NULL;
  END;
$$;

CREATE FUNCTION public.sync_tags() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
  BEGIN
    IF (TG_OP = 'TRUNCATE') THEN
      DELETE FROM tags WHERE entity_name = TG_TABLE_NAME;
      RETURN NULL;
    ELSIF (TG_OP = 'DELETE') THEN
      DELETE FROM tags WHERE entity_id = OLD.id;
      RETURN OLD;
    ELSE
      INSERT INTO tags VALUES (NEW.id, TG_TABLE_NAME, NEW.tags)
        ON CONFLICT (entity_id) DO UPDATE SET tags = EXCLUDED.tags;
    END IF;
    RETURN NEW;
  END;
$$;

--
-- Name: acls; Type: TABLE
--

CREATE TABLE public.acls (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    consumer_id uuid,
    "group" text,
    cache_key text,
    tags text[],
    ws_id uuid
);

--
-- Name: acme_storage; Type: TABLE
--

CREATE TABLE public.acme_storage (
    id uuid NOT NULL,
    key text,
    value text,
    created_at timestamp with time zone,
    ttl timestamp with time zone
);

--
-- Name: basicauth_credentials; Type: TABLE
--

CREATE TABLE public.basicauth_credentials (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    consumer_id uuid,
    username text,
    password text,
    tags text[],
    ws_id uuid
);

--
-- Name: ca_certificates; Type: TABLE
--

CREATE TABLE public.ca_certificates (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    cert text NOT NULL,
    tags text[],
    cert_digest text NOT NULL,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

--
-- Name: certificates; Type: TABLE
--

CREATE TABLE public.certificates (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    cert text,
    key text,
    tags text[],
    ws_id uuid,
    cert_alt text,
    key_alt text,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

--
-- Name: cluster_events; Type: TABLE
--

CREATE TABLE public.cluster_events (
    id uuid NOT NULL,
    node_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    nbf timestamp with time zone,
    expire_at timestamp with time zone NOT NULL,
    channel text,
    data text
);

--
-- Name: clustering_data_planes; Type: TABLE
--

CREATE TABLE public.clustering_data_planes (
    id uuid NOT NULL,
    hostname text NOT NULL,
    ip text NOT NULL,
    last_seen timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    config_hash text NOT NULL,
    ttl timestamp with time zone,
    version text,
    sync_status text DEFAULT 'unknown'::text NOT NULL,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    labels jsonb,
    cert_details jsonb,
    rpc_capabilities text[]
);

--
-- Name: clustering_rpc_requests; Type: TABLE
--

CREATE TABLE public.clustering_rpc_requests (
    id bigint NOT NULL,
    node_id uuid NOT NULL,
    reply_to uuid NOT NULL,
    ttl timestamp with time zone NOT NULL,
    payload json NOT NULL
);

--
-- Name: clustering_sync_delta; Type: TABLE
--

CREATE TABLE public.clustering_sync_delta (
    version integer NOT NULL,
    type text NOT NULL,
    pk json NOT NULL,
    ws_id uuid NOT NULL,
    entity json
);

--
-- Name: clustering_sync_version; Type: TABLE
--

CREATE TABLE public.clustering_sync_version (
    version integer NOT NULL
);

--
-- Name: consumers; Type: TABLE
--

CREATE TABLE public.consumers (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    username text,
    custom_id text,
    tags text[],
    ws_id uuid,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

--
-- Name: filter_chains; Type: TABLE
--

CREATE TABLE public.filter_chains (
    id uuid NOT NULL,
    name text,
    enabled boolean DEFAULT true,
    route_id uuid,
    service_id uuid,
    ws_id uuid,
    cache_key text,
    filters jsonb[],
    tags text[],
    created_at timestamp with time zone,
    updated_at timestamp with time zone
);

--
-- Name: hmacauth_credentials; Type: TABLE
--

CREATE TABLE public.hmacauth_credentials (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    consumer_id uuid,
    username text,
    secret text,
    tags text[],
    ws_id uuid
);

--
-- Name: jwt_secrets; Type: TABLE
--

CREATE TABLE public.jwt_secrets (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    consumer_id uuid,
    key text,
    secret text,
    algorithm text,
    rsa_public_key text,
    tags text[],
    ws_id uuid
);

--
-- Name: key_sets; Type: TABLE
--

CREATE TABLE public.key_sets (
    id uuid NOT NULL,
    name text,
    tags text[],
    ws_id uuid,
    created_at timestamp with time zone,
    updated_at timestamp with time zone
);

--
-- Name: keyauth_credentials; Type: TABLE
--

CREATE TABLE public.keyauth_credentials (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    consumer_id uuid,
    key text,
    tags text[],
    ttl timestamp with time zone,
    ws_id uuid
);

--
-- Name: keys; Type: TABLE
--

CREATE TABLE public.keys (
    id uuid NOT NULL,
    set_id uuid,
    name text,
    cache_key text,
    ws_id uuid,
    kid text,
    jwk text,
    pem jsonb,
    tags text[],
    created_at timestamp with time zone,
    updated_at timestamp with time zone
);

--
-- Name: locks; Type: TABLE
--

CREATE TABLE public.locks (
    key text NOT NULL,
    owner text,
    ttl timestamp with time zone
);

--
-- Name: oauth2_authorization_codes; Type: TABLE
--

CREATE TABLE public.oauth2_authorization_codes (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    credential_id uuid,
    service_id uuid,
    code text,
    authenticated_userid text,
    scope text,
    ttl timestamp with time zone,
    challenge text,
    challenge_method text,
    ws_id uuid,
    plugin_id uuid
);

--
-- Name: oauth2_credentials; Type: TABLE
--

CREATE TABLE public.oauth2_credentials (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    name text,
    consumer_id uuid,
    client_id text,
    client_secret text,
    redirect_uris text[],
    tags text[],
    client_type text,
    hash_secret boolean,
    ws_id uuid
);

--
-- Name: oauth2_tokens; Type: TABLE
--

CREATE TABLE public.oauth2_tokens (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    credential_id uuid,
    service_id uuid,
    access_token text,
    refresh_token text,
    token_type text,
    expires_in integer,
    authenticated_userid text,
    scope text,
    ttl timestamp with time zone,
    ws_id uuid
);

--
-- Name: parameters; Type: TABLE
--

CREATE TABLE public.parameters (
    key text NOT NULL,
    value text NOT NULL,
    created_at timestamp with time zone
);

--
-- Name: plugins; Type: TABLE
--

CREATE TABLE public.plugins (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    name text NOT NULL,
    consumer_id uuid,
    service_id uuid,
    route_id uuid,
    config jsonb NOT NULL,
    enabled boolean NOT NULL,
    cache_key text,
    protocols text[],
    tags text[],
    ws_id uuid,
    instance_name text,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

--
-- Name: ratelimiting_metrics; Type: TABLE
--

CREATE TABLE public.ratelimiting_metrics (
    identifier text NOT NULL,
    period text NOT NULL,
    period_date timestamp with time zone NOT NULL,
    service_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    route_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    value integer,
    ttl timestamp with time zone
);

--
-- Name: response_ratelimiting_metrics; Type: TABLE
--

CREATE TABLE public.response_ratelimiting_metrics (
    identifier text NOT NULL,
    period text NOT NULL,
    period_date timestamp with time zone NOT NULL,
    service_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    route_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    value integer
);

--
-- Name: routes; Type: TABLE
--

CREATE TABLE public.routes (
    id uuid NOT NULL,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    name text,
    service_id uuid,
    protocols text[],
    methods text[],
    hosts text[],
    paths text[],
    snis text[],
    sources jsonb[],
    destinations jsonb[],
    regex_priority bigint,
    strip_path boolean,
    preserve_host boolean,
    tags text[],
    https_redirect_status_code integer,
    headers jsonb,
    path_handling text DEFAULT 'v0'::text,
    ws_id uuid,
    request_buffering boolean,
    response_buffering boolean,
    expression text,
    priority bigint
);

--
-- Name: schema_meta; Type: TABLE
--

CREATE TABLE public.schema_meta (
    key text NOT NULL,
    subsystem text NOT NULL,
    last_executed text,
    executed text[],
    pending text[]
);

--
-- Name: services; Type: TABLE
--

CREATE TABLE public.services (
    id uuid NOT NULL,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    name text,
    retries bigint,
    protocol text,
    host text,
    port bigint,
    path text,
    connect_timeout bigint,
    write_timeout bigint,
    read_timeout bigint,
    tags text[],
    client_certificate_id uuid,
    tls_verify boolean,
    tls_verify_depth smallint,
    ca_certificates uuid[],
    ws_id uuid,
    enabled boolean DEFAULT true
);

--
-- Name: sessions; Type: TABLE
--

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    session_id text,
    expires integer,
    data text,
    created_at timestamp with time zone,
    ttl timestamp with time zone
);

--
-- Name: sm_vaults; Type: TABLE
--

CREATE TABLE public.sm_vaults (
    id uuid NOT NULL,
    ws_id uuid,
    prefix text,
    name text NOT NULL,
    description text,
    config jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    updated_at timestamp with time zone,
    tags text[]
);

--
-- Name: snis; Type: TABLE
--

CREATE TABLE public.snis (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    name text NOT NULL,
    certificate_id uuid,
    tags text[],
    ws_id uuid,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

--
-- Name: tags; Type: TABLE
--

CREATE TABLE public.tags (
    entity_id uuid NOT NULL,
    entity_name text,
    tags text[]
);

--
-- Name: targets; Type: TABLE
--

CREATE TABLE public.targets (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'::text),
    upstream_id uuid,
    target text NOT NULL,
    weight integer NOT NULL,
    tags text[],
    ws_id uuid,
    cache_key text,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'::text)
);

--
-- Name: upstreams; Type: TABLE
--

CREATE TABLE public.upstreams (
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'::text),
    name text,
    hash_on text,
    hash_fallback text,
    hash_on_header text,
    hash_fallback_header text,
    hash_on_cookie text,
    hash_on_cookie_path text,
    slots integer NOT NULL,
    healthchecks jsonb,
    tags text[],
    algorithm text,
    host_header text,
    client_certificate_id uuid,
    ws_id uuid,
    hash_on_query_arg text,
    hash_fallback_query_arg text,
    hash_on_uri_capture text,
    hash_fallback_uri_capture text,
    use_srv_name boolean DEFAULT false,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

--
-- Name: workspaces; Type: TABLE
--

CREATE TABLE public.workspaces (
    id uuid NOT NULL,
    name text,
    comment text,
    created_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
    meta jsonb,
    config jsonb,
    updated_at timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text)
);

CREATE SEQUENCE public.clustering_rpc_requests_id_seq AS bigint START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.clustering_rpc_requests_id_seq OWNED BY public.clustering_rpc_requests.id;
ALTER TABLE ONLY public.clustering_rpc_requests ALTER COLUMN id SET DEFAULT nextval('public.clustering_rpc_requests_id_seq'::regclass);

CREATE SEQUENCE public.clustering_sync_version_version_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.clustering_sync_version_version_seq OWNED BY public.clustering_sync_version.version;
ALTER TABLE ONLY public.clustering_sync_version ALTER COLUMN version SET DEFAULT nextval('public.clustering_sync_version_version_seq'::regclass);

--
-- Data for Name: acls; Type: TABLE DATA
--

COPY public.acls (id, created_at, consumer_id, "group", cache_key, tags, ws_id) FROM stdin;
b3e769a6-36db-45b6-ab2d-1241994f1cbc	2024-11-04 09:30:31+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	shoppers	acls:6b3292bd-c1e2-4af6-a659-aae6252ac85e:shoppers::::af8bf0df-8923-436d-a159-3e402e9d7288	\N	af8bf0df-8923-436d-a159-3e402e9d7288
daad56b9-5584-4335-af20-aac62ab8fa79	2024-11-05 09:30:32+00	5c162213-1462-4314-a43a-e23650c28d38	admins	acls:5c162213-1462-4314-a43a-e23650c28d38:admins::::af8bf0df-8923-436d-a159-3e402e9d7288	{x}	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: acme_storage; Type: TABLE DATA
--

COPY public.acme_storage (id, key, value, created_at, ttl) FROM stdin;
60bc806d-fa7e-4ec5-a986-b6f85ce0e2c5	kong_acme:cert_key:shop.example	{"key":"…"}	2024-11-26 09:30:53+00	2124-11-05 10:00:00+00
\.

--
-- Data for Name: basicauth_credentials; Type: TABLE DATA
--

COPY public.basicauth_credentials (id, created_at, consumer_id, username, password, tags, ws_id) FROM stdin;
1f067efe-e000-41b5-a6d1-96ac7ffd872c	2024-11-06 09:30:33+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	ann	c3bd8627c42efdbabae7ce9b4ed4a4a19e21ac0e	\N	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: ca_certificates; Type: TABLE DATA
--

COPY public.ca_certificates (id, created_at, cert, tags, cert_digest, updated_at) FROM stdin;
c43ab1b4-6c2e-4533-a5ae-9adbb1c2fa42	2024-11-04 09:30:03+00	-----BEGIN CERTIFICATE-----\nMIIDCzCCAfOgAwIBAgIURbHZh8UvOs2kviJXqIz65oZAANkwDQYJKoZIhvcNAQEL\nBQAwFDESMBAGA1UEAwwJYXV0aG9yaXR5MCAXDTI2MTEyMTE3NTQxMFoYDzIxMjYx\nMDI4MTc1NDEwWjAUMRIwEAYDVQQDDAlhdXRob3JpdHkwggEiMA0GCSqGSIb3DQEB\nAQUAA4IBDwAwggEKAoIBAQDQZ8+p25CufdpaTCRSocIJ5T7u/9ENtmh8rFjqRqkp\nZhikBr+CTsy1A2H/fO+YSqroQPDAHgpT6f56diCxQcAjulIWcdNFdWSwcj+OgZiR\nf5aLsPJFE4affVUg76EOCRs2FTkewaVGZqwRmA+9OSUh4XQ2KKKMZa07e597boLI\nuHgSGkQKiBsKphz014rUZyF9aD0giCRr/1t81Tz+wmgd2vCZ9dwnT9WpBgxbz62c\nj/KJJWP2NI9qBcOO5MBLvHI1gWp02BVkL3IUJT+OLF34vTykk15HZiyOeUwo48f2\nb+WMOU6081kTgufC42KbHXgXmAF0nDP07Wuv7/YC/75ZAgMBAAGjUzBRMB0GA1Ud\nDgQWBBTQU4y8vIT+EXeLh0JmVK9BSk8GljAfBgNVHSMEGDAWgBTQU4y8vIT+EXeL\nh0JmVK9BSk8GljAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAC\npW2zxvYv9J46w6s3dsXXk96nd1UBLH7eslwRLGxufvdw5Ifrtj+uF/WXqapR1D9P\nx/sK6RZ98bgoCBPdJV3vARiPr0FclykY5IWyUtctaUBHUHFD98LR/IUmzXodRFcZ\nxFWT3SF/3Rde6/wJXBDBVA9RWX7v3JnpiQGR0TIREKESJW0WlhnGdauNFy56Tzb9\na56zoblk4qrBgHhPuB6vN+o53KOaSD3u1UWMXmi1Z1hd+rPaOloskVMmxnf6mUYI\nPpkguuKG2fHBFXvcofSGhkU6+wMfwUs2RZGQnBOg/dcf5WNlclaGtqdfLfQ97mxo\nZwEz8+SO4SU2KQ3Ad0WH\n-----END CERTIFICATE-----\n	{team-a}	5054d490541f8a04ba3192b64ef0a7d90094125a67509a51614cb5175e5a52bd	2024-11-04 09:30:03+00
\.

--
-- Data for Name: certificates; Type: TABLE DATA
--

COPY public.certificates (id, created_at, cert, key, tags, ws_id, cert_alt, key_alt, updated_at) FROM stdin;
dc6c4ba6-9ee6-478b-a508-94fd5111416e	2024-11-05 09:30:04+00	-----BEGIN CERTIFICATE-----\nMIIDETCCAfmgAwIBAgIUSaCAK8pIB6tsdxIDp6XKY4fACEgwDQYJKoZIhvcNAQEL\nBQAwFzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMCAXDTI2MTEyMTE3NTQwOVoYDzIx\nMjYxMDI4MTc1NDA5WjAXMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUwggEiMA0GCSqG\nSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDeliIB3iWudjif4fuym+YVccThuDag0Ek2\nbg79PCDDjebjBgnd8QAyPd+XyjjMeGBUikbaDOlZPee4Gq551BcvIIS9Pr/kQKbT\nRcp7+zIiKe+/o+bsIAJDx9Bk3NV3AsPIPCcF0YwPeLB5+OI5oScdKqYgrJgh/iFl\ndaw8ByhwE8xNZ1PjfqIvzrZr6RvYsxSBixkYXe59o0AAyLGN5X52g8neRGYPjifp\nXR6m4iDJ6YQjv4cr5dzmOaXWqu9W7H6VpfDi/PKzQQblmTNAcOFC1fBN/k3K9Nkn\n8se8z9c2zJ+syVXb5HUMYw3LqgFiE8TLpLvwT267a0XmlxBuELchAgMBAAGjUzBR\nMB0GA1UdDgQWBBST9nEimfyOjaBdtWd6Ry2c38L4XzAfBgNVHSMEGDAWgBST9nEi\nmfyOjaBdtWd6Ry2c38L4XzAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUA\nA4IBAQAhP6vD8B8WFsTQLtvROBLAvkFDblx19AQ3KmnOwB3T8EWndDxhlLz6Ls8H\nbPH7iA0udWTr+qKgYmNXPCxZ5qakwq7+RgHLsHKluScG+qPhvkJlbuBT/ndSoXfV\n6hhXQAMjGQtfKr3BRscCyrOQWVVhIXPJIbufoDqXQklYR3n7n85R+CUTBAYnGGXN\nfzLno8R6sRvft/PK3UTb6wQ0aOgRdia7uFBZQuHG1jfNVpbI8WV+nlu71MWbxoTb\nOYVuBWal5UDhUq/QW5s8mapZaqTpcWBJGAXBIWx2dCgzTSAa8qFtFQkKCIbPI8Iu\n/XSHbgvSmzmdjRxMOuckZ3t6F342\n-----END CERTIFICATE-----\n	-----BEGIN PRIVATE KEY-----\nMIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDeliIB3iWudjif\n4fuym+YVccThuDag0Ek2bg79PCDDjebjBgnd8QAyPd+XyjjMeGBUikbaDOlZPee4\nGq551BcvIIS9Pr/kQKbTRcp7+zIiKe+/o+bsIAJDx9Bk3NV3AsPIPCcF0YwPeLB5\n+OI5oScdKqYgrJgh/iFldaw8ByhwE8xNZ1PjfqIvzrZr6RvYsxSBixkYXe59o0AA\nyLGN5X52g8neRGYPjifpXR6m4iDJ6YQjv4cr5dzmOaXWqu9W7H6VpfDi/PKzQQbl\nmTNAcOFC1fBN/k3K9Nkn8se8z9c2zJ+syVXb5HUMYw3LqgFiE8TLpLvwT267a0Xm\nlxBuELchAgMBAAECggEACpLctjSAmz9L9NJmI8eyoCGpreRTmgOS+sYzKZX143xF\n89JpXRTyArD8Qmhtls8AGnwAHiMfYakmbRE9aRWpbUhw7dGBiZ0Fn8MwuX+HE+bk\nl/i4A08I9IHVNTllXZQwyz4KR4U7D1AXKBAp5P1yD3ljb2lrh6/cE8cJgceARQSh\nCd7/Q4WZTkni5M4HznjU7/hgwDa5UPKPPHS7QqVn5EAvi4aX2T1IumfwHgW8AMaZ\nVD+sAKSq/O8i5BbWBar0IjtF7v5H7yJX/a5eHPONoavGr9oi2dlXme/ZCRzcYiIi\nxDNBejJCxFT9nCgBYap4uNqQ2bfiKjukjBCN4lcUcQKBgQD7cl8wmOmoE84/I5hi\ngVXfw0BUZHSeSvM/wSGdOo/farHZdFQdwVBgVSTgJH9ulZf8i1FgFrt6KbWTOm00\njOrUuh3UzF2mjxlkUqNxTVtRdqJaN9Tslp3mGm3xfsag9EdZTxkO6ndGAMJxtczM\n2VHrqOiJk/aCWfrcWKkk4AHYmQKBgQDinflDi06/M5CzlPWLEQv4lqG1IiRE5eAH\nPKIl/orh0u6Cjw3AWnuJUNw/lOD0+T+9LiYj7ptLzn5KOEXcdi0DvUdsQq3wsFUu\nAxyWMqzA+Qtoj+qfRKVw9r7fVPdECKEzLc8OroNzSbr4C/IrqPEEDZlgXXq1Zp1j\noy1ifNA/yQKBgQDIbw4D/hBbY5ZHbEdfVjuux8RywTTYrWQjkP8LhxAChtlIPtuC\ncINylsxzQ4S1ENf7fs6aKuS855yOxMciWaYjdkyrQVDxoSYbe2g/u+ssD8Yw5kp7\nYUBymOTE2UraKH7raQrPggUbryVQYRvkuuL7WEQszt50X+eBV8dU1p+CGQKBgQCr\nGe98ChCY2Iwmqw+BwosxVDogEvkjdBTkIemjmj6uJp6iwPP3CdpAYWcKMpRvIkn3\nwoJVmvByGiTMURSeUjPGoQDuQqImGl0V8o+A8B3zTZZJim/xdNkdI5AV+4b+PS3J\nAItXYHgrcb3TTuG4CUSAdOwbEDl4AVRQSIIZ3Hc30QKBgQDwNW1ZAstgt2GpmsU4\nG9vXpWoec6Hq1SfGYTWtRo5EvXFGVhkTlvQeM9k0awRTJkGyINDIDQWHCrgArGZO\n6LiTYFYnQ1hMlv9bNIlXK3u1SC3J5+7UALpDIMsvH1NyfbqhnMY+suDAHC8EEo6z\nvaLasdTDX5y9TAPlR92KtWjttQ==\n-----END PRIVATE KEY-----\n	{team-a,tls}	af8bf0df-8923-436d-a159-3e402e9d7288	\N	\N	2024-11-05 09:30:04+00
\.

--
-- Data for Name: cluster_events; Type: TABLE DATA
--

COPY public.cluster_events (id, node_id, at, nbf, expire_at, channel, data) FROM stdin;
fc270695-577b-45b9-ad46-541ada0659dd	0b943606-1ffa-429c-a601-f41648750623	2024-11-05 10:00:00.123+00	\N	2124-11-05 11:00:00.123+00	invalidations	consumers:ann:::::af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: clustering_data_planes; Type: TABLE DATA
--

COPY public.clustering_data_planes (id, hostname, ip, last_seen, config_hash, ttl, version, sync_status, updated_at, labels, cert_details, rpc_capabilities) FROM stdin;
7ef83ec1-765b-4ce9-a7bb-8d8cbe163012	dp-1	10.0.0.7	2024-11-05 10:00:00+00	00000000000000000000000000000000	2124-11-05 10:00:00+00	3.9.1	normal	2024-11-02 09:30:57+00	{}	{"expiry_timestamp": 1888888888}	\N
\.

--
-- Data for Name: clustering_rpc_requests; Type: TABLE DATA
--

COPY public.clustering_rpc_requests (id, node_id, reply_to, ttl, payload) FROM stdin;
\.

--
-- Data for Name: clustering_sync_delta; Type: TABLE DATA
--

COPY public.clustering_sync_delta (version, type, pk, ws_id, entity) FROM stdin;
\.

--
-- Data for Name: clustering_sync_version; Type: TABLE DATA
--

COPY public.clustering_sync_version (version) FROM stdin;
\.

--
-- Data for Name: consumers; Type: TABLE DATA
--

COPY public.consumers (id, created_at, username, custom_id, tags, ws_id, updated_at) FROM stdin;
6b3292bd-c1e2-4af6-a659-aae6252ac85e	2024-11-24 09:30:23+00	ann	c-1	{team-a}	af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-24 09:30:23+00
5c162213-1462-4314-a43a-e23650c28d38	2024-11-25 09:30:24+00	bob	\N	{}	af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-25 09:30:24+00
3cb04904-f2a1-4d95-a2a8-7476da0a6295	2024-11-26 09:30:25+00	\N	only a custom id	\N	af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-26 09:30:25+00
\.

--
-- Data for Name: filter_chains; Type: TABLE DATA
--

COPY public.filter_chains (id, name, enabled, route_id, service_id, ws_id, cache_key, filters, tags, created_at, updated_at) FROM stdin;
327726d6-0caf-4ca8-af96-2a009ba278b6	chain	t	a6be5643-5b7a-477b-a843-3f2fd4c5b1ea	\N	af8bf0df-8923-436d-a159-3e402e9d7288	filter_chains:a6be5643-5b7a-477b-a843-3f2fd4c5b1ea:::::af8bf0df-8923-436d-a159-3e402e9d7288	{"{\\"name\\": \\"f\\", \\"enabled\\": true, \\"config\\": \\"{}\\"}"}	\N	2024-11-25 09:30:52+00	2024-11-25 09:30:52+00
\.

--
-- Data for Name: hmacauth_credentials; Type: TABLE DATA
--

COPY public.hmacauth_credentials (id, created_at, consumer_id, username, secret, tags, ws_id) FROM stdin;
418360c9-948a-4fd5-a441-716032e09f0b	2024-11-07 09:30:34+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	ann	hmac-secret	\N	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: jwt_secrets; Type: TABLE DATA
--

COPY public.jwt_secrets (id, created_at, consumer_id, key, secret, algorithm, rsa_public_key, tags, ws_id) FROM stdin;
ab9df2fe-5e1f-4950-adfe-32b25045c4f2	2024-11-08 09:30:35+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	ann-hs	jwt-secret	HS256	\N	\N	af8bf0df-8923-436d-a159-3e402e9d7288
1360aa81-61c9-473a-a6a7-b065bb51d93d	2024-11-09 09:30:36+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	ann-rs	unused0123456789unused0123456789	RS256	-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs9XL0gTIqNu9rTSmj6eN\nAqj2s8NOlMngcWUr3z1kgRUeBw6Mz8GndNPZ0dpnbzNFzoSWT1wZ3oKeF7TePeAY\n3GR6fnCgprMMS74Tv0yzsCCB7ajiQ4LZa3shieLzFit8g7n1/fuHVbqdThYRFG8E\nb/T9VgrSuQ6BSAlhrD3bWZkoE2xqLbSSuWRwNaZhqQ6JROCswftbR4ws17Rv7VEk\n6NaejmZt/ky2821g6Q3re+TGDv7yccX/8dfh2eXR6skK76TgMdUXl16eHQXUD5Rt\nHYVWOUr91EL5C2MoHLPI3jSkCVREpt2xHyX9v40is6H2jKGhLXAMIayafE0o9xrB\noQIDAQAB\n-----END PUBLIC KEY-----\n	\N	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: key_sets; Type: TABLE DATA
--

COPY public.key_sets (id, name, tags, ws_id, created_at, updated_at) FROM stdin;
36ba4167-4ea9-49ef-a9ed-0f16e55cbf34	signing	{team-a}	af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-22 09:30:49+00	2024-11-22 09:30:49+00
\.

--
-- Data for Name: keyauth_credentials; Type: TABLE DATA
--

COPY public.keyauth_credentials (id, created_at, consumer_id, key, tags, ttl, ws_id) FROM stdin;
ec47f82d-6408-42e0-a96e-904c2f383f2f	2024-11-27 09:30:26+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	ann-key	{team-a}	\N	af8bf0df-8923-436d-a159-3e402e9d7288
9f9faf1a-79a2-431a-a239-90e439d2db88	2024-11-28 09:30:27+00	6b3292bd-c1e2-4af6-a659-aae6252ac85e	ann-expiring	\N	2124-11-05 10:00:00+00	af8bf0df-8923-436d-a159-3e402e9d7288
6f81f3fa-0343-469f-afa2-aa35d00b7256	2024-11-01 09:30:28+00	5c162213-1462-4314-a43a-e23650c28d38	bob-expired	\N	2024-11-05 10:00:00+00	af8bf0df-8923-436d-a159-3e402e9d7288
9a7061cf-74c8-45d8-a44f-b9c7bd2f5438	2024-11-02 09:30:29+00	5c162213-1462-4314-a43a-e23650c28d38	bob-key	\N	\N	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: keys; Type: TABLE DATA
--

COPY public.keys (id, set_id, name, cache_key, ws_id, kid, jwk, pem, tags, created_at, updated_at) FROM stdin;
90c62d4e-e106-47ba-a24f-38f3084b7d6b	36ba4167-4ea9-49ef-a9ed-0f16e55cbf34	current	keys:k1:36ba4167-4ea9-49ef-a9ed-0f16e55cbf34	af8bf0df-8923-436d-a159-3e402e9d7288	k1	{"kty": "EC", "kid": "k1", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}	\N	\N	2024-11-23 09:30:50+00	2024-11-23 09:30:50+00
9286c992-c9cf-4c67-a5a7-46c0d2acdcdd	\N	alone	keys:k2:	af8bf0df-8923-436d-a159-3e402e9d7288	k2	\N	{"private_key": null, "public_key": "-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs9XL0gTIqNu9rTSmj6eN\\nAqj2s8NOlMngcWUr3z1kgRUeBw6Mz8GndNPZ0dpnbzNFzoSWT1wZ3oKeF7TePeAY\\n3GR6fnCgprMMS74Tv0yzsCCB7ajiQ4LZa3shieLzFit8g7n1/fuHVbqdThYRFG8E\\nb/T9VgrSuQ6BSAlhrD3bWZkoE2xqLbSSuWRwNaZhqQ6JROCswftbR4ws17Rv7VEk\\n6NaejmZt/ky2821g6Q3re+TGDv7yccX/8dfh2eXR6skK76TgMdUXl16eHQXUD5Rt\\nHYVWOUr91EL5C2MoHLPI3jSkCVREpt2xHyX9v40is6H2jKGhLXAMIayafE0o9xrB\\noQIDAQAB\\n-----END PUBLIC KEY-----\\n"}	\N	2024-11-24 09:30:51+00	2024-11-24 09:30:51+00
\.

--
-- Data for Name: locks; Type: TABLE DATA
--

COPY public.locks (key, owner, ttl) FROM stdin;
left over	node-1	2024-11-05 10:00:00+00
\.

--
-- Data for Name: oauth2_authorization_codes; Type: TABLE DATA
--

COPY public.oauth2_authorization_codes (id, created_at, credential_id, service_id, code, authenticated_userid, scope, ttl, challenge, challenge_method, ws_id, plugin_id) FROM stdin;
23bc148a-88cd-4178-a69e-4bb8b9bd8710	2024-11-20 09:30:47+00	2fb75a1e-b6e3-4acd-a910-8fce13d5dc0b	18295639-2b98-4c19-af86-f12f3449220d	code-1	u1	read	2124-11-05 10:00:00+00	\N	\N	af8bf0df-8923-436d-a159-3e402e9d7288	cadb58d8-305d-4a19-a91e-9c8f0eadedf4
\.

--
-- Data for Name: oauth2_credentials; Type: TABLE DATA
--

COPY public.oauth2_credentials (id, created_at, name, consumer_id, client_id, client_secret, redirect_uris, tags, client_type, hash_secret, ws_id) FROM stdin;
2fb75a1e-b6e3-4acd-a910-8fce13d5dc0b	2024-11-10 09:30:37+00	app	6b3292bd-c1e2-4af6-a659-aae6252ac85e	client-id	client-secret	{http://app.example/back,http://app.example/other}	\N	confidential	f	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: oauth2_tokens; Type: TABLE DATA
--

COPY public.oauth2_tokens (id, created_at, credential_id, service_id, access_token, refresh_token, token_type, expires_in, authenticated_userid, scope, ttl, ws_id) FROM stdin;
be857bb6-c238-4cd9-a779-439c6f8a9b1f	2024-11-19 09:30:46+00	2fb75a1e-b6e3-4acd-a910-8fce13d5dc0b	18295639-2b98-4c19-af86-f12f3449220d	access-1	refresh-1	bearer	7200	u1	read	2124-11-05 10:00:00+00	af8bf0df-8923-436d-a159-3e402e9d7288
\.

--
-- Data for Name: parameters; Type: TABLE DATA
--

COPY public.parameters (key, value, created_at) FROM stdin;
cluster_id	c8d32e61-6110-4789-a7e6-d236690bf33e	\N
\.

--
-- Data for Name: plugins; Type: TABLE DATA
--

COPY public.plugins (id, created_at, name, consumer_id, service_id, route_id, config, enabled, cache_key, protocols, tags, ws_id, instance_name, updated_at) FROM stdin;
c4b34852-85b4-4042-a38e-8bbf5b27c4e7	2024-11-11 09:30:38+00	key-auth	\N	\N	c65e5f27-31e6-49e5-aeef-258c3437d7cb	{"realm": null, "anonymous": null, "key_names": ["apikey"], "key_in_body": false, "key_in_query": true, "key_in_header": true, "hide_credentials": false, "run_on_preflight": true}	t	plugins:key-auth:c65e5f27-31e6-49e5-aeef-258c3437d7cb::::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	{team-a}	af8bf0df-8923-436d-a159-3e402e9d7288	keys-of-the-shop	2024-11-11 09:30:38+00
93940fbe-6034-4393-a27c-5a26afab2d1e	2024-11-12 09:30:39+00	acl	\N	\N	c65e5f27-31e6-49e5-aeef-258c3437d7cb	{"allow": ["shoppers"], "deny": {}, "hide_groups_header": false}	t	plugins:acl:c65e5f27-31e6-49e5-aeef-258c3437d7cb::::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	{}	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-12 09:30:39+00
573a6e60-c6dc-4fe1-a445-d8cd699c1cc8	2024-11-13 09:30:40+00	cors	\N	e4c93a84-0956-42be-acc3-3efc4bae576c	\N	{"origins": {}, "methods": ["GET", "POST"], "headers": null, "exposed_headers": [], "max_age": 600, "credentials": false, "preflight_continue": false}	f	plugins:cors::e4c93a84-0956-42be-acc3-3efc4bae576c:::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-13 09:30:40+00
8018bc66-b9ba-4c99-a48e-cb2400ad66c1	2024-11-14 09:30:41+00	rate-limiting	6b3292bd-c1e2-4af6-a659-aae6252ac85e	18295639-2b98-4c19-af86-f12f3449220d	3291665c-17d6-4432-a062-69c4c68e23a0	{"second": null, "minute": 5, "hour": null, "day": null, "month": null, "year": null, "limit_by": "consumer", "policy": "local", "fault_tolerant": true, "hide_client_headers": false, "header_name": null, "path": null, "error_code": 429, "error_message": "API rate limit exceeded", "sync_rate": -1, "redis": {"host": null, "port": 6379, "timeout": 2000, "username": null, "password": null, "database": 0, "ssl": false, "ssl_verify": false, "server_name": null}}	t	plugins:rate-limiting:3291665c-17d6-4432-a062-69c4c68e23a0:18295639-2b98-4c19-af86-f12f3449220d:6b3292bd-c1e2-4af6-a659-aae6252ac85e::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-14 09:30:41+00
a636c23c-06c1-4436-a0b5-b3a576464470	2024-11-15 09:30:42+00	http-log	\N	\N	\N	{"http_endpoint": "http://127.0.0.1:9999/log", "method": "POST", "content_type": "application/json", "timeout": 10000.5, "keepalive": 60000, "retry_count": null, "flush_timeout": null, "queue_size": null, "headers": {"x-token": "{vault://secrets/log-token}"}, "custom_fields_by_lua": {}, "queue": {"max_batch_size": 1, "max_coalescing_delay": 1, "max_entries": 10000, "max_bytes": null, "max_retry_time": 60, "initial_retry_delay": 0.01, "max_retry_delay": 60, "concurrency_limit": 1}}	f	plugins:http-log:::::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-15 09:30:42+00
cadb58d8-305d-4a19-a91e-9c8f0eadedf4	2024-11-16 09:30:43+00	oauth2	\N	18295639-2b98-4c19-af86-f12f3449220d	\N	{"scopes": ["read"], "mandatory_scope": false, "provision_key": "provision", "token_expiration": 7200, "enable_authorization_code": true, "enable_implicit_grant": false, "enable_client_credentials": false, "enable_password_grant": false, "hide_credentials": false, "accept_http_if_already_terminated": false, "anonymous": null, "global_credentials": false, "auth_header_name": "authorization", "refresh_token_ttl": 1209600, "reuse_refresh_token": false, "persistent_refresh_token": false, "pkce": "lax", "realm": null}	f	plugins:oauth2::18295639-2b98-4c19-af86-f12f3449220d:::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-16 09:30:43+00
4c979e41-dc50-406e-a733-116f19b8e0ee	2024-11-17 09:30:44+00	request-termination	5c162213-1462-4314-a43a-e23650c28d38	\N	\N	{"status_code": 503, "message": null, "content_type": null, "body": null, "echo": false, "trigger": null}	f	plugins:request-termination:::5c162213-1462-4314-a43a-e23650c28d38::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-17 09:30:44+00
c67565d7-3183-4c0b-aca3-cecc2aed7aab	2024-11-18 09:30:45+00	company-auth	\N	\N	bcc91af0-972d-434a-a081-5fd41be7a388	{"tenants": ["a", "b"], "strict": true, "weights": {"a": 0.5}}	t	plugins:company-auth:bcc91af0-972d-434a-a081-5fd41be7a388::::af8bf0df-8923-436d-a159-3e402e9d7288	{grpc,grpcs,http,https}	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	2024-11-18 09:30:45+00
\.

--
-- Data for Name: ratelimiting_metrics; Type: TABLE DATA
--

COPY public.ratelimiting_metrics (identifier, period, period_date, service_id, route_id, value, ttl) FROM stdin;
6b3292bd-c1e2-4af6-a659-aae6252ac85e	minute	2024-11-05 10:00:00+00	00000000-0000-0000-0000-000000000000	3291665c-17d6-4432-a062-69c4c68e23a0	3	2124-11-05 10:00:00+00
\.

--
-- Data for Name: response_ratelimiting_metrics; Type: TABLE DATA
--

COPY public.response_ratelimiting_metrics (identifier, period, period_date, service_id, route_id, value) FROM stdin;
6b3292bd-c1e2-4af6-a659-aae6252ac85e	minute.video	2024-11-05 10:00:00+00	00000000-0000-0000-0000-000000000000	3291665c-17d6-4432-a062-69c4c68e23a0	1
\.

--
-- Data for Name: routes; Type: TABLE DATA
--

COPY public.routes (id, created_at, updated_at, name, service_id, protocols, methods, hosts, paths, snis, sources, destinations, regex_priority, strip_path, preserve_host, tags, https_redirect_status_code, headers, path_handling, ws_id, request_buffering, response_buffering, expression, priority) FROM stdin;
c65e5f27-31e6-49e5-aeef-258c3437d7cb	2024-11-11 09:30:10+00	2024-11-11 09:30:10+00	with-key	e4c93a84-0956-42be-acc3-3efc4bae576c	{http,https}	\N	\N	{/with-key}	\N	\N	\N	0	t	f	{team-a}	426	\N	v0	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
a6be5643-5b7a-477b-a843-3f2fd4c5b1ea	2024-11-12 09:30:11+00	2024-11-12 09:30:11+00	open	e4c93a84-0956-42be-acc3-3efc4bae576c	{http,https}	{GET,POST}	\N	{/open,"~/open/(?<id>\\\\d+)$"}	\N	\N	\N	0	f	f	{}	426	\N	v1	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
f1c39268-5db0-46e4-a7cd-eaaba68f2d61	2024-11-13 09:30:12+00	2024-11-13 09:30:12+00	by-header	e4c93a84-0956-42be-acc3-3efc4bae576c	{http,https}	\N	{shop.example,*.shop.example}	{/by-header}	\N	\N	\N	0	t	t	\N	426	{"x-version": ["1", "2"], "x-kind": ["~*^a.*$"]}	v0	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
bcc91af0-972d-434a-a081-5fd41be7a388	2024-11-14 09:30:13+00	2024-11-14 09:30:13+00	custom	e4c93a84-0956-42be-acc3-3efc4bae576c	{http,https}	\N	\N	{/custom}	\N	\N	\N	0	t	f	\N	426	\N	v0	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
3291665c-17d6-4432-a062-69c4c68e23a0	2024-11-15 09:30:14+00	2024-11-15 09:30:14+00	limited	18295639-2b98-4c19-af86-f12f3449220d	{https}	\N	\N	{/limited}	{shop.example}	\N	\N	0	t	f	\N	426	\N	v0	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
7f875162-5240-4702-a43e-d8c03a49c1a2	2024-11-16 09:30:15+00	2024-11-16 09:30:15+00	stream	e4c93a84-0956-42be-acc3-3efc4bae576c	{tcp,tls}	\N	\N	\N	\N	{"{\\"ip\\": \\"10.1.0.0/16\\", \\"port\\": 1234}","{\\"ip\\": \\"127.0.0.1\\"}"}	{"{\\"port\\": 9000}"}	0	f	f	\N	426	\N	v0	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
4ed0d477-2ec0-4a3e-aacd-e4ddaae240f4	2024-11-17 09:30:16+00	2024-11-17 09:30:16+00	\N	\N	{http,https}	\N	\N	{/lone}	\N	\N	\N	0	t	f	\N	426	\N	v0	af8bf0df-8923-436d-a159-3e402e9d7288	t	t	\N	\N
\.

--
-- Data for Name: schema_meta; Type: TABLE DATA
--

COPY public.schema_meta (key, subsystem, last_executed, executed, pending) FROM stdin;
schema_meta	acl	004_212_to_213	{000_base_acl,002_130_to_140,003_200_to_210,004_212_to_213}	{}
schema_meta	acme	003_350_to_360	{000_base_acme,001_280_to_300,002_320_to_330,003_350_to_360}	{}
schema_meta	ai-proxy	001_360_to_370	{001_360_to_370}	{}
schema_meta	basic-auth	003_200_to_210	{000_base_basic_auth,002_130_to_140,003_200_to_210}	{}
schema_meta	bot-detection	001_200_to_210	{001_200_to_210}	{}
schema_meta	core	024_380_to_390	{000_base,003_100_to_110,004_110_to_120,005_120_to_130,006_130_to_140,007_140_to_150,008_150_to_200,009_200_to_210,010_210_to_211,011_212_to_213,012_213_to_220,013_220_to_230,014_230_to_270,015_270_to_280,016_280_to_300,017_300_to_310,018_310_to_320,019_320_to_330,020_330_to_340,021_340_to_350,022_350_to_360,023_360_to_370,024_380_to_390}	{}
schema_meta	hmac-auth	003_200_to_210	{000_base_hmac_auth,002_130_to_140,003_200_to_210}	{}
schema_meta	http-log	001_280_to_300	{001_280_to_300}	{}
schema_meta	ip-restriction	001_200_to_210	{001_200_to_210}	{}
schema_meta	jwt	003_200_to_210	{000_base_jwt,002_130_to_140,003_200_to_210}	{}
schema_meta	key-auth	004_320_to_330	{000_base_key_auth,002_130_to_140,003_200_to_210,004_320_to_330}	{}
schema_meta	oauth2	007_320_to_330	{000_base_oauth2,003_130_to_140,004_200_to_210,005_210_to_211,006_320_to_330,007_320_to_330}	{}
schema_meta	opentelemetry	001_331_to_332	{001_331_to_332}	{}
schema_meta	post-function	001_280_to_300	{001_280_to_300}	{}
schema_meta	pre-function	001_280_to_300	{001_280_to_300}	{}
schema_meta	rate-limiting	006_350_to_360	{000_base_rate_limiting,003_10_to_112,004_200_to_210,005_320_to_330,006_350_to_360}	{}
schema_meta	response-ratelimiting	001_350_to_360	{000_base_response_rate_limiting,001_350_to_360}	{}
schema_meta	session	002_320_to_330	{000_base_session,001_add_ttl_index,002_320_to_330}	\N
\.

--
-- Data for Name: services; Type: TABLE DATA
--

COPY public.services (id, created_at, updated_at, name, retries, protocol, host, port, path, connect_timeout, write_timeout, read_timeout, tags, client_certificate_id, tls_verify, tls_verify_depth, ca_certificates, ws_id, enabled) FROM stdin;
e4c93a84-0956-42be-acc3-3efc4bae576c	2024-11-08 09:30:07+00	2024-11-08 09:30:07+00	shop	5	http	127.0.0.1	80	/	60000	60000	60000	{team-a,shop}	\N	\N	\N	\N	af8bf0df-8923-436d-a159-3e402e9d7288	t
18295639-2b98-4c19-af86-f12f3449220d	2024-11-09 09:30:08+00	2024-11-09 09:30:08+00	billing	0	https	billing.upstream	443	/v1	60000	60000	60000	\N	dc6c4ba6-9ee6-478b-a508-94fd5111416e	t	2	{c43ab1b4-6c2e-4533-a5ae-9adbb1c2fa42}	af8bf0df-8923-436d-a159-3e402e9d7288	t
3779f53e-8f98-4d09-ae8f-db29b783d042	2024-11-10 09:30:09+00	2024-11-10 09:30:09+00	old	5	http	127.0.0.1	80	\N	60000	60000	60000	{}	\N	\N	\N	\N	af8bf0df-8923-436d-a159-3e402e9d7288	f
\.

--
-- Data for Name: sessions; Type: TABLE DATA
--

COPY public.sessions (id, session_id, expires, data, created_at, ttl) FROM stdin;
18d7f8eb-810b-431b-a30d-a5aabeb36c6b	session-1	1730800000	c2Vzc2lvbg	2024-11-27 09:30:54+00	2124-11-05 10:00:00+00
\.

--
-- Data for Name: sm_vaults; Type: TABLE DATA
--

COPY public.sm_vaults (id, ws_id, prefix, name, description, config, created_at, updated_at, tags) FROM stdin;
57733976-620c-4524-a17b-ba40748cd732	af8bf0df-8923-436d-a159-3e402e9d7288	secrets	env	of the shop	{"prefix": "SHOP_"}	2024-11-21 09:30:48+00	2024-11-21 09:30:48+00	{team-a}
\.

--
-- Data for Name: snis; Type: TABLE DATA
--

COPY public.snis (id, created_at, name, certificate_id, tags, ws_id, updated_at) FROM stdin;
eb576b77-7bf6-4484-a753-e459035365b2	2024-11-06 09:30:05+00	shop.example	dc6c4ba6-9ee6-478b-a508-94fd5111416e	\N	af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-06 09:30:05+00
2e2261fa-e929-4929-a54f-401793f342bd	2024-11-07 09:30:06+00	*.shop.example	dc6c4ba6-9ee6-478b-a508-94fd5111416e	{wild}	af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-07 09:30:06+00
\.

--
-- Data for Name: tags; Type: TABLE DATA
--

COPY public.tags (entity_id, entity_name, tags) FROM stdin;
c43ab1b4-6c2e-4533-a5ae-9adbb1c2fa42	ca_certificates	{team-a}
dc6c4ba6-9ee6-478b-a508-94fd5111416e	certificates	{team-a,tls}
eb576b77-7bf6-4484-a753-e459035365b2	snis	\N
2e2261fa-e929-4929-a54f-401793f342bd	snis	{wild}
e4c93a84-0956-42be-acc3-3efc4bae576c	services	{team-a,shop}
18295639-2b98-4c19-af86-f12f3449220d	services	\N
3779f53e-8f98-4d09-ae8f-db29b783d042	services	{}
c65e5f27-31e6-49e5-aeef-258c3437d7cb	routes	{team-a}
a6be5643-5b7a-477b-a843-3f2fd4c5b1ea	routes	{}
f1c39268-5db0-46e4-a7cd-eaaba68f2d61	routes	\N
bcc91af0-972d-434a-a081-5fd41be7a388	routes	\N
3291665c-17d6-4432-a062-69c4c68e23a0	routes	\N
7f875162-5240-4702-a43e-d8c03a49c1a2	routes	\N
4ed0d477-2ec0-4a3e-aacd-e4ddaae240f4	routes	\N
bb22b714-eb4b-440c-abde-5e69d2af627b	upstreams	{team-b}
a28028c6-a749-4429-aac1-f3b18c94534a	upstreams	\N
9aab797d-78f2-4cac-a940-3912fe31a354	targets	{blue}
6b08feca-3ea4-47f4-ab37-c072af574d25	targets	\N
1d0a79c9-bedb-45f3-a9b5-a110413bacd4	targets	\N
65275394-c964-4d09-afe1-4da19c0a8ffb	targets	\N
6b3292bd-c1e2-4af6-a659-aae6252ac85e	consumers	{team-a}
5c162213-1462-4314-a43a-e23650c28d38	consumers	{}
3cb04904-f2a1-4d95-a2a8-7476da0a6295	consumers	\N
ec47f82d-6408-42e0-a96e-904c2f383f2f	keyauth_credentials	{team-a}
9f9faf1a-79a2-431a-a239-90e439d2db88	keyauth_credentials	\N
6f81f3fa-0343-469f-afa2-aa35d00b7256	keyauth_credentials	\N
9a7061cf-74c8-45d8-a44f-b9c7bd2f5438	keyauth_credentials	\N
b3e769a6-36db-45b6-ab2d-1241994f1cbc	acls	\N
daad56b9-5584-4335-af20-aac62ab8fa79	acls	{x}
1f067efe-e000-41b5-a6d1-96ac7ffd872c	basicauth_credentials	\N
418360c9-948a-4fd5-a441-716032e09f0b	hmacauth_credentials	\N
ab9df2fe-5e1f-4950-adfe-32b25045c4f2	jwt_secrets	\N
1360aa81-61c9-473a-a6a7-b065bb51d93d	jwt_secrets	\N
2fb75a1e-b6e3-4acd-a910-8fce13d5dc0b	oauth2_credentials	\N
c4b34852-85b4-4042-a38e-8bbf5b27c4e7	plugins	{team-a}
93940fbe-6034-4393-a27c-5a26afab2d1e	plugins	{}
573a6e60-c6dc-4fe1-a445-d8cd699c1cc8	plugins	\N
8018bc66-b9ba-4c99-a48e-cb2400ad66c1	plugins	\N
a636c23c-06c1-4436-a0b5-b3a576464470	plugins	\N
cadb58d8-305d-4a19-a91e-9c8f0eadedf4	plugins	\N
4c979e41-dc50-406e-a733-116f19b8e0ee	plugins	\N
c67565d7-3183-4c0b-aca3-cecc2aed7aab	plugins	\N
57733976-620c-4524-a17b-ba40748cd732	sm_vaults	{team-a}
36ba4167-4ea9-49ef-a9ed-0f16e55cbf34	key_sets	{team-a}
90c62d4e-e106-47ba-a24f-38f3084b7d6b	keys	\N
9286c992-c9cf-4c67-a5a7-46c0d2acdcdd	keys	\N
327726d6-0caf-4ca8-af96-2a009ba278b6	filter_chains	\N
\.

--
-- Data for Name: targets; Type: TABLE DATA
--

COPY public.targets (id, created_at, upstream_id, target, weight, tags, ws_id, cache_key, updated_at) FROM stdin;
9aab797d-78f2-4cac-a940-3912fe31a354	2024-11-05 10:00:00.123+00	bb22b714-eb4b-440c-abde-5e69d2af627b	127.0.0.1:9001	100	{blue}	af8bf0df-8923-436d-a159-3e402e9d7288	targets:bb22b714-eb4b-440c-abde-5e69d2af627b:127.0.0.1:9001::::af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-05 10:00:00.123+00
6b08feca-3ea4-47f4-ab37-c072af574d25	2024-11-05 10:00:01.124+00	bb22b714-eb4b-440c-abde-5e69d2af627b	127.0.0.1:9002	0	\N	af8bf0df-8923-436d-a159-3e402e9d7288	targets:bb22b714-eb4b-440c-abde-5e69d2af627b:127.0.0.1:9002::::af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-05 10:00:01.124+00
1d0a79c9-bedb-45f3-a9b5-a110413bacd4	2024-11-05 10:00:02.125+00	bb22b714-eb4b-440c-abde-5e69d2af627b	[::1]:9003	1000	\N	af8bf0df-8923-436d-a159-3e402e9d7288	targets:bb22b714-eb4b-440c-abde-5e69d2af627b:[::1]:9003::::af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-05 10:00:02.125+00
65275394-c964-4d09-afe1-4da19c0a8ffb	2024-11-05 10:00:04+00	a28028c6-a749-4429-aac1-f3b18c94534a	target.example:8000	100	\N	af8bf0df-8923-436d-a159-3e402e9d7288	targets:a28028c6-a749-4429-aac1-f3b18c94534a:target.example:8000::::af8bf0df-8923-436d-a159-3e402e9d7288	2024-11-05 10:00:04.5+00
\.

--
-- Data for Name: upstreams; Type: TABLE DATA
--

COPY public.upstreams (id, created_at, name, hash_on, hash_fallback, hash_on_header, hash_fallback_header, hash_on_cookie, hash_on_cookie_path, slots, healthchecks, tags, algorithm, host_header, client_certificate_id, ws_id, hash_on_query_arg, hash_fallback_query_arg, hash_on_uri_capture, hash_fallback_uri_capture, use_srv_name, updated_at) FROM stdin;
bb22b714-eb4b-440c-abde-5e69d2af627b	2024-11-18 09:30:17+00	billing.upstream	none	none	\N	\N	\N	/	10000	{"active": {"type": "http", "timeout": 1, "concurrency": 10, "http_path": "/", "headers": null, "https_sni": null, "https_verify_certificate": true, "healthy": {"interval": 0, "successes": 0, "http_statuses": [200, 302]}, "unhealthy": {"interval": 0, "timeouts": 0, "tcp_failures": 0, "http_failures": 0, "http_statuses": [429, 404, 500, 501, 502, 503, 504, 505]}}, "passive": {"type": "http", "healthy": {"successes": 0, "http_statuses": [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308]}, "unhealthy": {"timeouts": 0, "tcp_failures": 0, "http_failures": 0, "http_statuses": [429, 500, 503]}}, "threshold": 0}	{team-b}	round-robin	\N	\N	af8bf0df-8923-436d-a159-3e402e9d7288	\N	\N	\N	\N	f	2024-11-18 09:30:17+00
a28028c6-a749-4429-aac1-f3b18c94534a	2024-11-19 09:30:18+00	hashed.upstream	header	cookie	x-user	\N	sid	/	64	{"active": {"type": "https", "timeout": 1, "concurrency": 10, "http_path": "/", "headers": {"x-check": ["a", "b"]}, "https_sni": "shop.example", "https_verify_certificate": true, "healthy": {"interval": 0.5, "successes": 0, "http_statuses": [200, 302]}, "unhealthy": {"interval": 0, "timeouts": 0, "tcp_failures": 0, "http_failures": 0, "http_statuses": [429, 404, 500, 501, 502, 503, 504, 505]}}, "passive": {"type": "http", "healthy": {"successes": 0, "http_statuses": [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308]}, "unhealthy": {"timeouts": 0, "tcp_failures": 0, "http_failures": 0, "http_statuses": [429, 500, 503]}}, "threshold": 12.5}	\N	consistent-hashing	shop.example	dc6c4ba6-9ee6-478b-a508-94fd5111416e	af8bf0df-8923-436d-a159-3e402e9d7288	\N	\N	\N	\N	f	2024-11-19 09:30:18+00
\.

--
-- Data for Name: workspaces; Type: TABLE DATA
--

COPY public.workspaces (id, name, comment, created_at, meta, config, updated_at) FROM stdin;
af8bf0df-8923-436d-a159-3e402e9d7288	default	\N	2024-11-02 09:30:01+00	\N	\N	2024-11-02 09:30:01+00
\.

ALTER TABLE ONLY public.acls
    ADD CONSTRAINT acls_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.acls
    ADD CONSTRAINT acls_cache_key_key UNIQUE (cache_key);
ALTER TABLE ONLY public.acls
    ADD CONSTRAINT acls_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.acme_storage
    ADD CONSTRAINT acme_storage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.acme_storage
    ADD CONSTRAINT acme_storage_key_key UNIQUE (key);
ALTER TABLE ONLY public.basicauth_credentials
    ADD CONSTRAINT basicauth_credentials_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.basicauth_credentials
    ADD CONSTRAINT basicauth_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.basicauth_credentials
    ADD CONSTRAINT basicauth_credentials_ws_id_username_unique UNIQUE (ws_id, username);
ALTER TABLE ONLY public.ca_certificates
    ADD CONSTRAINT ca_certificates_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ca_certificates
    ADD CONSTRAINT ca_certificates_cert_digest_key UNIQUE (cert_digest);
ALTER TABLE ONLY public.certificates
    ADD CONSTRAINT certificates_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.certificates
    ADD CONSTRAINT certificates_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.cluster_events
    ADD CONSTRAINT cluster_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.clustering_data_planes
    ADD CONSTRAINT clustering_data_planes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.clustering_rpc_requests
    ADD CONSTRAINT clustering_rpc_requests_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.clustering_sync_version
    ADD CONSTRAINT clustering_sync_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.consumers
    ADD CONSTRAINT consumers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.consumers
    ADD CONSTRAINT consumers_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.consumers
    ADD CONSTRAINT consumers_ws_id_custom_id_unique UNIQUE (ws_id, custom_id);
ALTER TABLE ONLY public.consumers
    ADD CONSTRAINT consumers_ws_id_username_unique UNIQUE (ws_id, username);
ALTER TABLE ONLY public.filter_chains
    ADD CONSTRAINT filter_chains_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.filter_chains
    ADD CONSTRAINT filter_chains_cache_key_key UNIQUE (cache_key);
ALTER TABLE ONLY public.filter_chains
    ADD CONSTRAINT filter_chains_name_key UNIQUE (name);
ALTER TABLE ONLY public.hmacauth_credentials
    ADD CONSTRAINT hmacauth_credentials_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.hmacauth_credentials
    ADD CONSTRAINT hmacauth_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.hmacauth_credentials
    ADD CONSTRAINT hmacauth_credentials_ws_id_username_unique UNIQUE (ws_id, username);
ALTER TABLE ONLY public.jwt_secrets
    ADD CONSTRAINT jwt_secrets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.jwt_secrets
    ADD CONSTRAINT jwt_secrets_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.jwt_secrets
    ADD CONSTRAINT jwt_secrets_ws_id_key_unique UNIQUE (ws_id, key);
ALTER TABLE ONLY public.key_sets
    ADD CONSTRAINT key_sets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.key_sets
    ADD CONSTRAINT key_sets_name_key UNIQUE (name);
ALTER TABLE ONLY public.keyauth_credentials
    ADD CONSTRAINT keyauth_credentials_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.keyauth_credentials
    ADD CONSTRAINT keyauth_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.keyauth_credentials
    ADD CONSTRAINT keyauth_credentials_ws_id_key_unique UNIQUE (ws_id, key);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_cache_key_key UNIQUE (cache_key);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_kid_set_id_key UNIQUE (kid, set_id);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_name_key UNIQUE (name);
ALTER TABLE ONLY public.locks
    ADD CONSTRAINT locks_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_ws_id_code_unique UNIQUE (ws_id, code);
ALTER TABLE ONLY public.oauth2_credentials
    ADD CONSTRAINT oauth2_credentials_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oauth2_credentials
    ADD CONSTRAINT oauth2_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.oauth2_credentials
    ADD CONSTRAINT oauth2_credentials_ws_id_client_id_unique UNIQUE (ws_id, client_id);
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_ws_id_access_token_unique UNIQUE (ws_id, access_token);
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_ws_id_refresh_token_unique UNIQUE (ws_id, refresh_token);
ALTER TABLE ONLY public.parameters
    ADD CONSTRAINT parameters_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_cache_key_key UNIQUE (cache_key);
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_ws_id_instance_name_unique UNIQUE (ws_id, instance_name);
ALTER TABLE ONLY public.ratelimiting_metrics
    ADD CONSTRAINT ratelimiting_metrics_pkey PRIMARY KEY (identifier, period, period_date, service_id, route_id);
ALTER TABLE ONLY public.response_ratelimiting_metrics
    ADD CONSTRAINT response_ratelimiting_metrics_pkey PRIMARY KEY (identifier, period, period_date, service_id, route_id);
ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_ws_id_name_unique UNIQUE (ws_id, name);
ALTER TABLE ONLY public.schema_meta
    ADD CONSTRAINT schema_meta_pkey PRIMARY KEY (key, subsystem);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_ws_id_name_unique UNIQUE (ws_id, name);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_session_id_key UNIQUE (session_id);
ALTER TABLE ONLY public.sm_vaults
    ADD CONSTRAINT sm_vaults_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sm_vaults
    ADD CONSTRAINT sm_vaults_id_ws_id_key UNIQUE (id, ws_id);
ALTER TABLE ONLY public.sm_vaults
    ADD CONSTRAINT sm_vaults_prefix_key UNIQUE (prefix);
ALTER TABLE ONLY public.sm_vaults
    ADD CONSTRAINT sm_vaults_prefix_ws_id_key UNIQUE (prefix, ws_id);
ALTER TABLE ONLY public.snis
    ADD CONSTRAINT snis_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.snis
    ADD CONSTRAINT snis_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.snis
    ADD CONSTRAINT snis_name_key UNIQUE (name);
ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (entity_id);
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_cache_key_key UNIQUE (cache_key);
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.upstreams
    ADD CONSTRAINT upstreams_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.upstreams
    ADD CONSTRAINT upstreams_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE ONLY public.upstreams
    ADD CONSTRAINT upstreams_ws_id_name_unique UNIQUE (ws_id, name);
ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_name_key UNIQUE (name);

CREATE INDEX acls_consumer_id_idx ON public.acls USING btree (consumer_id);
CREATE INDEX acls_group_idx ON public.acls USING btree ("group");
CREATE INDEX acls_tags_idex_tags_idx ON public.acls USING gin (tags);
CREATE INDEX acme_storage_ttl_idx ON public.acme_storage USING btree (ttl);
CREATE INDEX basicauth_consumer_id_idx ON public.basicauth_credentials USING btree (consumer_id);
CREATE INDEX basicauth_tags_idex_tags_idx ON public.basicauth_credentials USING gin (tags);
CREATE INDEX certificates_tags_idx ON public.certificates USING gin (tags);
CREATE INDEX cluster_events_at_idx ON public.cluster_events USING btree (at);
CREATE INDEX cluster_events_channel_idx ON public.cluster_events USING btree (channel);
CREATE INDEX cluster_events_expire_at_idx ON public.cluster_events USING btree (expire_at);
CREATE INDEX clustering_data_planes_ttl_idx ON public.clustering_data_planes USING btree (ttl);
CREATE INDEX clustering_rpc_requests_node_id_idx ON public.clustering_rpc_requests USING btree (node_id);
CREATE INDEX clustering_sync_delta_version_idx ON public.clustering_sync_delta USING btree (version);
CREATE INDEX consumers_tags_idx ON public.consumers USING gin (tags);
CREATE INDEX consumers_username_idx ON public.consumers USING btree (lower(username));
CREATE UNIQUE INDEX filter_chains_cache_key_idx ON public.filter_chains USING btree (cache_key);
CREATE UNIQUE INDEX filter_chains_name_idx ON public.filter_chains USING btree (name);
CREATE INDEX filter_chains_tags_idx ON public.filter_chains USING gin (tags);
CREATE INDEX hmacauth_credentials_consumer_id_idx ON public.hmacauth_credentials USING btree (consumer_id);
CREATE INDEX hmacauth_tags_idex_tags_idx ON public.hmacauth_credentials USING gin (tags);
CREATE INDEX jwt_secrets_consumer_id_idx ON public.jwt_secrets USING btree (consumer_id);
CREATE INDEX jwt_secrets_secret_idx ON public.jwt_secrets USING btree (secret);
CREATE INDEX jwtsecrets_tags_idex_tags_idx ON public.jwt_secrets USING gin (tags);
CREATE INDEX key_sets_tags_idx ON public.key_sets USING gin (tags);
CREATE INDEX keyauth_credentials_consumer_id_idx ON public.keyauth_credentials USING btree (consumer_id);
CREATE INDEX keyauth_credentials_ttl_idx ON public.keyauth_credentials USING btree (ttl);
CREATE INDEX keyauth_tags_idex_tags_idx ON public.keyauth_credentials USING gin (tags);
CREATE INDEX keys_fkey_key_sets ON public.keys USING btree (set_id);
CREATE INDEX keys_tags_idx ON public.keys USING gin (tags);
CREATE INDEX locks_ttl_idx ON public.locks USING btree (ttl);
CREATE INDEX oauth2_authorization_codes_authenticated_userid_idx ON public.oauth2_authorization_codes USING btree (authenticated_userid);
CREATE INDEX oauth2_authorization_codes_ttl_idx ON public.oauth2_authorization_codes USING btree (ttl);
CREATE INDEX oauth2_authorization_credential_id_idx ON public.oauth2_authorization_codes USING btree (credential_id);
CREATE INDEX oauth2_authorization_service_id_idx ON public.oauth2_authorization_codes USING btree (service_id);
CREATE INDEX oauth2_credentials_consumer_id_idx ON public.oauth2_credentials USING btree (consumer_id);
CREATE INDEX oauth2_credentials_secret_idx ON public.oauth2_credentials USING btree (client_secret);
CREATE INDEX oauth2_credentials_tags_idex_tags_idx ON public.oauth2_credentials USING gin (tags);
CREATE INDEX oauth2_tokens_authenticated_userid_idx ON public.oauth2_tokens USING btree (authenticated_userid);
CREATE INDEX oauth2_tokens_credential_id_idx ON public.oauth2_tokens USING btree (credential_id);
CREATE INDEX oauth2_tokens_service_id_idx ON public.oauth2_tokens USING btree (service_id);
CREATE INDEX oauth2_tokens_ttl_idx ON public.oauth2_tokens USING btree (ttl);
CREATE INDEX plugins_consumer_id_idx ON public.plugins USING btree (consumer_id);
CREATE INDEX plugins_name_idx ON public.plugins USING btree (name);
CREATE INDEX plugins_route_id_idx ON public.plugins USING btree (route_id);
CREATE INDEX plugins_service_id_idx ON public.plugins USING btree (service_id);
CREATE INDEX plugins_tags_idx ON public.plugins USING gin (tags);
CREATE INDEX ratelimiting_metrics_idx ON public.ratelimiting_metrics USING btree (service_id, route_id, period_date, period);
CREATE INDEX ratelimiting_metrics_ttl_idx ON public.ratelimiting_metrics USING btree (ttl);
CREATE INDEX routes_service_id_idx ON public.routes USING btree (service_id);
CREATE INDEX routes_tags_idx ON public.routes USING gin (tags);
CREATE INDEX services_fkey_client_certificate ON public.services USING btree (client_certificate_id);
CREATE INDEX services_tags_idx ON public.services USING gin (tags);
CREATE INDEX session_sessions_expires_idx ON public.sessions USING btree (expires);
CREATE INDEX sessions_ttl_idx ON public.sessions USING btree (ttl);
CREATE INDEX sm_vaults_tags_idx ON public.sm_vaults USING gin (tags);
CREATE INDEX snis_certificate_id_idx ON public.snis USING btree (certificate_id);
CREATE INDEX snis_tags_idx ON public.snis USING gin (tags);
CREATE INDEX tags_entity_name_idx ON public.tags USING btree (entity_name);
CREATE INDEX tags_tags_idx ON public.tags USING gin (tags);
CREATE INDEX targets_tags_idx ON public.targets USING gin (tags);
CREATE INDEX targets_target_idx ON public.targets USING btree (target);
CREATE INDEX targets_upstream_id_idx ON public.targets USING btree (upstream_id);
CREATE INDEX upstreams_fkey_client_certificate ON public.upstreams USING btree (client_certificate_id);
CREATE INDEX upstreams_tags_idx ON public.upstreams USING gin (tags);

CREATE TRIGGER acls_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.acls FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER acme_storage_ttl_trigger AFTER INSERT ON public.acme_storage FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER basicauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.basicauth_credentials FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER ca_certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.ca_certificates FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.certificates FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER cluster_events_ttl_trigger AFTER INSERT ON public.cluster_events FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('expire_at');
CREATE TRIGGER clustering_data_planes_ttl_trigger AFTER INSERT ON public.clustering_data_planes FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER consumers_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.consumers FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER filter_chains_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.filter_chains FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER hmacauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.hmacauth_credentials FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER jwtsecrets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.jwt_secrets FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER key_sets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.key_sets FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER keyauth_credentials_ttl_trigger AFTER INSERT ON public.keyauth_credentials FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER keyauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.keyauth_credentials FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER keys_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.keys FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER oauth2_authorization_codes_ttl_trigger AFTER INSERT ON public.oauth2_authorization_codes FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER oauth2_credentials_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.oauth2_credentials FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER oauth2_tokens_ttl_trigger AFTER INSERT ON public.oauth2_tokens FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER plugins_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.plugins FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER ratelimiting_metrics_ttl_trigger AFTER INSERT ON public.ratelimiting_metrics FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER routes_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.routes FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER services_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.services FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER sessions_ttl_trigger AFTER INSERT ON public.sessions FOR EACH STATEMENT EXECUTE FUNCTION public.batch_delete_expired_rows('ttl');
CREATE TRIGGER sm_vaults_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.sm_vaults FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER snis_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.snis FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER targets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.targets FOR EACH ROW EXECUTE FUNCTION public.sync_tags();
CREATE TRIGGER upstreams_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON public.upstreams FOR EACH ROW EXECUTE FUNCTION public.sync_tags();

ALTER TABLE ONLY public.acls
    ADD CONSTRAINT acls_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.acls
    ADD CONSTRAINT acls_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.basicauth_credentials
    ADD CONSTRAINT basicauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.basicauth_credentials
    ADD CONSTRAINT basicauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.certificates
    ADD CONSTRAINT certificates_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.clustering_sync_delta
    ADD CONSTRAINT clustering_sync_delta_version_fkey FOREIGN KEY (version) REFERENCES public.clustering_sync_version(version) ON DELETE CASCADE;
ALTER TABLE ONLY public.consumers
    ADD CONSTRAINT consumers_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.filter_chains
    ADD CONSTRAINT filter_chains_route_id_fkey FOREIGN KEY (route_id) REFERENCES public.routes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.filter_chains
    ADD CONSTRAINT filter_chains_service_id_fkey FOREIGN KEY (service_id) REFERENCES public.services(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.filter_chains
    ADD CONSTRAINT filter_chains_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hmacauth_credentials
    ADD CONSTRAINT hmacauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hmacauth_credentials
    ADD CONSTRAINT hmacauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.jwt_secrets
    ADD CONSTRAINT jwt_secrets_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.jwt_secrets
    ADD CONSTRAINT jwt_secrets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.key_sets
    ADD CONSTRAINT key_sets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.keyauth_credentials
    ADD CONSTRAINT keyauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.keyauth_credentials
    ADD CONSTRAINT keyauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_set_id_fkey FOREIGN KEY (set_id) REFERENCES public.key_sets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_credential_id_fkey FOREIGN KEY (credential_id, ws_id) REFERENCES public.oauth2_credentials(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES public.plugins(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES public.services(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth2_authorization_codes
    ADD CONSTRAINT oauth2_authorization_codes_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.oauth2_credentials
    ADD CONSTRAINT oauth2_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth2_credentials
    ADD CONSTRAINT oauth2_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_credential_id_fkey FOREIGN KEY (credential_id, ws_id) REFERENCES public.oauth2_credentials(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES public.services(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth2_tokens
    ADD CONSTRAINT oauth2_tokens_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES public.consumers(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_route_id_fkey FOREIGN KEY (route_id, ws_id) REFERENCES public.routes(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES public.services(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.plugins
    ADD CONSTRAINT plugins_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES public.services(id, ws_id);
ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_client_certificate_id_fkey FOREIGN KEY (client_certificate_id, ws_id) REFERENCES public.certificates(id, ws_id);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.sm_vaults
    ADD CONSTRAINT sm_vaults_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.snis
    ADD CONSTRAINT snis_certificate_id_fkey FOREIGN KEY (certificate_id, ws_id) REFERENCES public.certificates(id, ws_id);
ALTER TABLE ONLY public.snis
    ADD CONSTRAINT snis_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_upstream_id_fkey FOREIGN KEY (upstream_id, ws_id) REFERENCES public.upstreams(id, ws_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
ALTER TABLE ONLY public.upstreams
    ADD CONSTRAINT upstreams_client_certificate_id_fkey FOREIGN KEY (client_certificate_id) REFERENCES public.certificates(id);
ALTER TABLE ONLY public.upstreams
    ADD CONSTRAINT upstreams_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES public.workspaces(id);
