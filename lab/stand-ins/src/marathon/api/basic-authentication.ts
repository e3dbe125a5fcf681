import type { Handler } from '../../shared/http.ts';

/** `http_credentials`: Basic authentication on everything, `/ping` too. */
export function basicAuthentication(
  options: { readonly httpCredentials: string | undefined; readonly httpRealm: string },
  handle: Handler,
): Handler {
  const { httpCredentials, httpRealm } = options;
  if (httpCredentials === undefined) return handle;
  const expected = `Basic ${Buffer.from(httpCredentials).toString('base64')}`;
  return (request) => {
    if (request.headers.authorization === expected) return handle(request);
    return { status: 401, headers: { 'WWW-Authenticate': `basic realm="${httpRealm}"` } };
  };
}
